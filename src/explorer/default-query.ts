export const DEFAULT_QUERY = `# Everything is read as you.
{
  viewer {
    displayName
    login
    permissionRole
  }
  versions(first: 5, sort: [{ field: ID, direction: DESC }]) {
    nodes {
      code
      sgStatusList
      entity {
        type
        name
      }
    }
  }
}
`;
