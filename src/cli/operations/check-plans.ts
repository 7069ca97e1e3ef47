import type { Config } from '../../config/config.ts';
import { OperationListError } from '../../operations/list-error.ts';
import { printPlace } from '../../operations/operation.ts';
import { readWrittenTools } from '../../operations/read-lists.ts';
import { loadSite } from '../../site/load-site.ts';
import { SiteSchemaError } from '../../site/site-schema-error.ts';
import { ConnectorError, loadSystemParts } from '../../systems/load-system-parts.ts';
import { plansOf } from './plan-of.ts';

/** Operations that need more searches than anybody may make: they would fail in front of each person. */
export async function checkPlans({ asking, graphql, ...config }: Config): Promise<readonly string[]> {
  try {
    const tools = await readWrittenTools(asking.tools, graphql);
    if (tools.length === 0) return [];
    const { exposed } = await loadSite(config.schemaDirectory, config.site);
    const plans = await plansOf(tools, { exposed, parts: await loadSystemParts(config), ...graphql });
    return plans
      .filter(({ isTooLarge }) => isTooLarge)
      .map(({ tool, operation: { name, place }, errors: [error = ''] }) => {
        const setting = `${tool.place}.operations`;
        return `${setting}: ${printPlace(place)}: nobody may ask ${name}: ${error}`;
      });
  } catch (error) {
    // Other checks say what is wrong with these.
    const isTold = [OperationListError, SiteSchemaError, ConnectorError].some(
      (kind) => error instanceof kind,
    );
    if (isTold) return [];
    throw error;
  }
}
