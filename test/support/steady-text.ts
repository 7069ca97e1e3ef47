/** An answer with what differs each time taken out: presigned addresses, ids of uploads, the site's port, and its ids of errors. */
export const steadyText = (text: string, siteUrl: string): string =>
  text
    .replaceAll(/"(?<name>url|address)":"[^"]*"/gu, '"$<name>":"https://files.example"')
    .replaceAll(/"expiresAt":"[^"]*"/gu, '"expiresAt":"later"')
    .replaceAll(/"id":"[\w-]{20,}"/gu, '"id":"upload"')
    .replaceAll(/"upstreamErrorId":"\w+"/gu, '"upstreamErrorId":""')
    .replaceAll(siteUrl, 'https://shotgrid.example');
