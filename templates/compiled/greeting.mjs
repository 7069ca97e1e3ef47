var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import { Ctx, Query, Resolver } from 'shotgraph/extension';
/** An example of a class of one's own in the graph: `{ greeting }` greets the person who is signed in. */
let Greeting = class Greeting {
    greeting({ person, launch }) {
        const count = launch?.selectedIds.length ?? 0;
        return `Hello ${person.displayName}. Selected in ShotGrid: ${count}.`;
    }
};
__decorate([
    Query(() => String, { nullable: true, description: 'Greets the person who is signed in.' }),
    __param(0, Ctx())
], Greeting.prototype, "greeting", null);
Greeting = __decorate([
    Resolver()
], Greeting);
export { Greeting };
