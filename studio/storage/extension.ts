import {
  Arg,
  Authorized,
  Ctx,
  type ExtensionContext,
  Field,
  FieldResolver,
  Int,
  Mutation,
  Needs,
  ObjectType,
  Query,
  Resolver,
  Rows,
  type SiteRow,
  siteType,
} from 'shotgraph/extension';

/** What the storage answers. It knows versions by their codes. */
interface Answer {
  readonly files: readonly { readonly path: string; readonly code: string; readonly megabytes: number }[];
}

@ObjectType({ description: 'A file of a version on the storage.' })
export class StoredFile {
  @Field(() => String)
  path!: string;

  @Field(() => Int)
  megabytes!: number;

  @Field(() => siteType('Version'), { nullable: true, description: 'Null if you may not see it.' })
  version!: SiteRow | null;
}

@Resolver(() => siteType('Version'))
export class FilesOfVersions {
  @Needs('code')
  @FieldResolver(() => [StoredFile], { nullable: true, description: 'Its files on the storage.' })
  async storedFiles(
    @Rows() versions: readonly SiteRow[],
    @Ctx() { system }: ExtensionContext,
  ): Promise<StoredFile[][]> {
    const codes = versions.map(({ code }) => code);
    const { files } = (await system('storage').send('POST', '/files/search', { codes })) as Answer;
    return versions.map((version) =>
      files.filter(({ code }) => code === version.code).map((file) => ({ ...file, version })),
    );
  }
}

@Resolver()
export class Storage {
  @Query(() => [StoredFile], {
    nullable: true,
    description: 'The largest files, of versions that you may see.',
  })
  async largestFiles(
    @Arg('first', () => Int, { defaultValue: 10 }) first: number,
    @Ctx() { system, search }: ExtensionContext,
  ): Promise<StoredFile[]> {
    const { files } = (await system('storage').get('/largest', { first })) as Answer;
    const codes = files.map(({ code }) => code);
    // The storage names every file to everybody. ShotGrid says which versions the person may see.
    const seen = await search('Version', { filter: { code: { in: codes } }, fields: ['code'], first: 500 });
    return files.flatMap((file) => {
      const version = seen.find(({ code }) => code === file.code);
      return version === undefined ? [] : [{ ...file, version }];
    });
  }

  @Authorized('Manager', 'Admin')
  @Mutation(() => Boolean, { nullable: true, description: 'Moves a file to the archive.' })
  async archiveFile(
    @Arg('path', () => String) path: string,
    @Ctx() { system }: ExtensionContext,
  ): Promise<boolean> {
    await system('storage').send('POST', '/archive', { path });
    return true;
  }
}
