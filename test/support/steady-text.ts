/** An answer with what differs each time taken out: presigned addresses, the site's port, and its ids of errors. */
export const steadyText = (text: string, siteUrl: string): string =>
  text
    .replaceAll(/"url":"[^"]*"/gu, '"url":"https://files.example"')
    .replaceAll(/"upstreamErrorId":"\w+"/gu, '"upstreamErrorId":""')
    .replaceAll(siteUrl, 'https://shotgrid.example');
