import { type Request, type Response, Router } from 'express';
import type { EntityDeps } from '../entities/entity-deps.ts';
import { assertAdministrator } from '../permissions/administrator.ts';
import type { StoredRecord } from '../ports.ts';
import { formatDateTime } from '../data-types/scalars.ts';
import { bodyOf } from '../entities/read.ts';
import { isWorkDay } from '../entities/task-dates.ts';
import { apiBody } from './api-body.ts';
import { invalidParameters } from './api-error.ts';
import { requireJson } from './media-types.ts';
import { queryOf, text, typedPath } from './query.ts';

const PREFERENCES: Readonly<Record<string, unknown>> = {
  format_date_fields: '08/04/22 OR 04/08/22 (depending on the Month order preference)',
  date_component_order: 'month_day',
  format_time_hour_fields: '12 hour',
  format_currency_fields_display_dollar_sign: false,
  format_currency_fields_decimal_options: '$1,000.99',
  format_currency_fields_negative_options: '- $1,000',
  format_number_fields: '1,000',
  format_float_fields: '9,999.99',
  format_float_fields_rounding: '9.999999',
  format_footage_fields: '10-05',
  support_local_storage: true,
  view_master_settings: '{"status_groups":[]}',
  duration_units: 'days',
  hours_per_day: 8,
  enable_rv_integration: true,
  enable_shotgun_review_for_rv: false,
  creative_review_settings: '{}',
};
const MS_PER_DAY = 86_400_000;
const MAX_DAYS = 3660;

/** Routes about the site itself, below `/api/v1` or `/api/v1.1`. */
export function createSiteRoutes(deps: EntityDeps): Router {
  const routes = Router({ caseSensitive: true });
  routes.get('/', (request, response) => {
    response.json({ data: siteInfo(deps, request) });
  });
  routes.get('/preferences', (request, response) => {
    identified(deps, request, response);
    const names = text(queryOf(request), 'prefs')?.split(',');
    const chosen = Object.entries(PREFERENCES).filter(([name]) => names?.includes(name) ?? true);
    response.json({ data: Object.fromEntries(chosen), links: { self: typedPath(request) } });
  });
  routes.get('/license_info', (request, response) => {
    const caller = identified(deps, request, response);
    assertAdministrator(caller, 'query license information');
    const assigned = [...deps.storage.all('HumanUser')].filter(isActive).length;
    const data = { assigned, rule: 'none', free: 0, total: assigned, type: 'unlimited' };
    response.json({ data, status: 'success' });
  });
  routes.get('/schedule/work_day_rules', (request, response) => {
    identified(deps, request, response);
    response.json({ data: workDays(request), links: { self: typedPath(request) } });
  });
  routes.get('/exports/page/:file', (request, response) => {
    identified(deps, request, response);
    response.status(422).type('text/csv').send('This page cannot be exported.\n');
  });
  routes.put('/entity/projects/:id/_update_last_accessed', requireJson, apiBody, (request, response) => {
    const caller = identified(deps, request, response);
    // The answer is the same for a person that does not exist (API 0).
    const person = { type: 'HumanUser' as const, id: Number(bodyOf(request.body)['user_id']) };
    const id = Number(request.params['id']);
    const project = deps.storage.get('Project', id);
    const lastAccess = formatDateTime(deps.now());
    if (project !== undefined) {
      deps.viewers.set({ ...caller, actor: person }, project, 'last_accessed_by_current_user', lastAccess);
    }
    response.json({ data: { type: 'Project', id }, links: { self: typedPath(request) } });
  });
  return routes;
}

function identified(deps: EntityDeps, request: Request, response: Response) {
  const caller = deps.callerOf(request);
  response.locals['caller'] = caller;
  return caller;
}

const isActive = (person: StoredRecord): boolean => person.values['sg_status_list'] !== 'dis';

/** `GET /api/v1`, without a token (API 2.1). */
function siteInfo({ switches }: EntityDeps, request: Request): object {
  const isFirst = !request.baseUrl.endsWith('v1.1');
  return {
    shotgun_version: 'v8.89.0.9724 (build emulated)',
    api_version: isFirst ? '1.0' : '1.1',
    shotgun_version_number: '8.89.0.9724',
    shotgun_build_number: 'emulated',
    portfolio_version: 'UNKNOWN',
    unified_login_flow_enabled: true,
    authentication_app_session_launcher_enabled: true,
    user_authentication_method: switches['auth.userMethod'] ?? 'default',
    site_id: '00000000-0000-4000-8000-000000000000',
    site_name: 'studio in a box',
  };
}

/** One row a day, weekends off; never paged (API 0). */
function workDays(request: Request): object[] {
  const query = queryOf(request);
  const [from, to] = ['start_date', 'end_date'].map((name) => {
    const value = text(query, name);
    const atMs = Date.parse(`${value}T00:00:00Z`);
    if (value === undefined || Number.isNaN(atMs))
      throw invalidParameters({ [name]: [`${name} is missing`] });
    return atMs;
  }) as [number, number];
  const count = Math.min(MAX_DAYS, Math.max(0, Math.round((to - from) / MS_PER_DAY) + 1));
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(from + index * MS_PER_DAY).toISOString().slice(0, 10);
    return {
      date,
      working: isWorkDay(date),
      description: null,
      reason: 'STUDIO_WORK_WEEK',
    };
  });
}
