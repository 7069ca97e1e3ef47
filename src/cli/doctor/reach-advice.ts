import { existsSync } from 'node:fs';
import { certificateAdvice } from './certificate-trouble.ts';
import { type Environment, variablesOfProcess } from '../../config/environment.ts';

/** What to do where an address gives no answer. */
export function reachAdvice(error: unknown, setting: string, variables = variablesOfProcess()): string {
  const certificate = certificateAdvice(error);
  const advice =
    certificate ??
    `Check ${setting}, the DNS name and the certificate, and that this machine may reach it (firewall).`;
  return [advice, ...(certificate === undefined ? proxyNote(variables) : authorityNote(variables))].join(' ');
}

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** A server that asked ShotGrid through a proxy would be counted there with everybody else. */
function proxyNote(variables: Environment): string[] {
  const name = PROXIES.find((each) => variables[each]);
  if (name === undefined) return [];
  return [
    `${name} is set, and Shotgraph asks the site and the provider without a proxy: let this machine reach them directly.`,
  ];
}

function authorityNote({ NODE_EXTRA_CA_CERTS: file }: Environment): string[] {
  if (!file) return [];
  return [
    existsSync(file)
      ? `NODE_EXTRA_CA_CERTS is ${file}, which does not have that authority.`
      : `NODE_EXTRA_CA_CERTS is ${file}, and there is no such file.`,
  ];
}
