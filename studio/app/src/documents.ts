import { graphql } from './gql/index.ts';

/** What a card and the panel show of a Version. */
export const VERSION_FIELDS = graphql(`
  fragment VersionFields on Version {
    __typename
    id
    code
    description
    sgStatusList
    image
    createdAt
    project {
      id
      name
    }
    entity {
      __typename
      id
      type
      name
      ... on Shot {
        sgSequence {
          id
          name
        }
      }
    }
    sgTask {
      id
      name
    }
    user {
      __typename
      id
      name
    }
  }
`);

/** Who looks, and as whom everything is done. */
export const VIEWER_FIELDS = graphql(`
  fragment ViewerFields on Viewer {
    displayName
    login
    permissionRole
  }
`);

export const OPENED_LAUNCH = graphql(`
  query OpenedLaunch($id: ID!) {
    viewer {
      ...ViewerFields
    }
    launch(id: $id) {
      id
      missingCount
      selectedCount
      referrerUrl
      page {
        title
      }
      project {
        id
        name
      }
      selected {
        __typename
        id
        type
        name
        ...VersionFields
      }
    }
  }
`);

export const NEWEST_VERSIONS = graphql(`
  query NewestVersions {
    viewer {
      ...ViewerFields
    }
    versions(first: 50, sort: [{ field: ID, direction: DESC }]) {
      nodes {
        ...VersionFields
      }
    }
  }
`);

/** Asked beside the Versions: who may not read the statuses sees the Versions all the same. */
export const STATUSES = graphql(`
  query Statuses {
    statuses(first: 200) {
      nodes {
        id
        code
        nameField
        bgColor
      }
    }
  }
`);

export const SET_STATUS = graphql(`
  mutation SetStatus($id: Int!, $status: String!) {
    updateVersion(id: $id, input: { sgStatusList: $status }) {
      __typename
      id
      sgStatusList
    }
  }
`);

export const WRITE_NOTE = graphql(`
  mutation WriteNote($input: NoteCreateInput!) {
    createNote(input: $input) {
      __typename
      id
      subject
    }
  }
`);
