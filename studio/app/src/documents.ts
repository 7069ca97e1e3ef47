import { graphql } from './gql/index.ts';

/** What a card and the panel show of a Version. */
export const VERSION_FIELDS = graphql(`
  fragment VersionFields on Version {
    __typename
    id
    code
    description
    sgStatusList
    image {
      url
      state
    }
    sgUploadedMovie {
      name
    }
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
    issuer
    subject
  }
`);

export const OPENED_LAUNCH = graphql(`
  query OpenedLaunch($id: ID!) {
    viewer {
      ...ViewerFields
    }
    launch(id: $id) {
      id
      entityType
      missingCount
      selectedCount
      idCount
      ids(first: 50)
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

/** Rows of the page that a launch came from, where none of them was selected. */
export const PAGE_VERSIONS = graphql(`
  query PageVersions($ids: [Int!]!) {
    versions(filter: { id: { in: $ids } }, first: 50) {
      nodes {
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

/** Which statuses the person may choose in a project. Asked once a menu is opened. */
export const STATUS_CHOICES = graphql(`
  query StatusChoices($projectId: Int) {
    fieldInfo(type: "Version", field: "sgStatusList", projectId: $projectId) {
      editable
      choices {
        value
        label
        hidden
      }
    }
  }
`);

/** A picture again: its address runs out after a while, and the storage may have been away. */
export const PICTURE = graphql(`
  query Picture($id: Int!) {
    version(id: $id) {
      __typename
      id
      image {
        url
        state
      }
    }
  }
`);

export const VERSION_STATUS = graphql(`
  fragment VersionStatus on Version {
    __typename
    id
    sgStatusList
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

export const RENDER_JOB_FIELDS = graphql(`
  fragment RenderJobFields on RenderJob {
    __typename
    id
    name
    state
    progress
    retriedBy
  }
`);

/** Asked beside the Versions: the render farm is another system, which may be slow or away. */
export const RENDER_JOBS = graphql(`
  query RenderJobs($id: Int!) {
    version(id: $id) {
      __typename
      id
      renderJobs {
        ...RenderJobFields
      }
    }
  }
`);

export const RETRY_RENDER_JOB = graphql(`
  mutation RetryRenderJob($id: Int!) {
    retryRenderJob(id: $id) {
      ...RenderJobFields
    }
  }
`);

/** Where to send a part of a file. */
export const UPLOAD_PART_FIELDS = graphql(`
  fragment UploadPartFields on UploadPart {
    number
    offset
    sizeBytes
    address
  }
`);

export const REQUEST_UPLOAD = graphql(`
  mutation RequestUpload($id: Int!, $fileName: String!, $sizeBytes: SafeInt!) {
    requestUpload(
      entity: { type: "Version", id: $id }
      field: "sgUploadedMovie"
      fileName: $fileName
      sizeBytes: $sizeBytes
    ) {
      id
      partCount
      parts {
        ...UploadPartFields
      }
    }
  }
`);

export const REQUEST_PARTS = graphql(`
  mutation RequestParts($upload: ID!, $from: Int!, $count: Int!) {
    requestUploadParts(upload: $upload, from: $from, count: $count) {
      ...UploadPartFields
    }
  }
`);

export const COMPLETE_UPLOAD = graphql(`
  mutation CompleteUpload($upload: ID!, $etags: [String!]!) {
    completeUpload(upload: $upload, etags: $etags) {
      verified
      entity {
        __typename
        id
        ...VersionFields
      }
    }
  }
`);

export const CANCEL_UPLOAD = graphql(`
  mutation CancelUpload($upload: ID!) {
    cancelUpload(upload: $upload)
  }
`);
