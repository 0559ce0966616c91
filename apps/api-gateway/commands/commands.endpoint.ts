import { joined } from '../request/incoming-request.js';
import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { IsIn, IsObject, IsOptional, IsString, Matches, validateSync } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import { badRequest, forbidden, type UserInfo } from '@shiplog/domain';
import { GATEWAY, type Gateway } from '../gateway.js';
import { handleRequest } from '../request-pipeline.js';
import { RequestScope } from '../request/request-scope.js';
import { statusAnswer } from '../request/status-answer.js';
import { CommandRequest } from './command-request.js';

/** A request to the API as a message. */
export class Command {
  @IsIn(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) method = 'GET';
  @Matches(/^\//) path = '/';
  @IsOptional() @IsString() contentType?: string;
  @IsOptional() body?: unknown;
  @IsOptional() @Matches(/^(RESOURCES|LEASES|EVENTS)\/[1-9][0-9]*$/) cause?: string;
  @IsOptional() @IsString() actAs?: string;
  @IsOptional() @IsString() userAgent?: string;
  @IsOptional() @IsObject() headers?: Record<string, string>;
}

export interface CommandAnswer {
  readonly code: number;
  /** JSON text, as HTTPS would answer it. */
  readonly body: string;
}

const authenticated = 'system:authenticated';
const controllerAccount = /^system:serviceaccount:kube-system:[a-z0-9-]+$/;

/** A component is who its NATS user is: only that user may publish on its subject. */
const components = {
  scheduler: { name: 'system:kube-scheduler', groups: [authenticated] },
  'controller-manager': { name: 'system:kube-controller-manager', groups: [authenticated] },
} as const satisfies Record<string, UserInfo>;

/** What scheduler and controller-manager ask for, over NATS: the same pipeline as over HTTPS. */
@Controller()
export class CommandsEndpoint {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @MessagePattern('commands.scheduler')
  scheduler(@Payload() command: unknown): Promise<CommandAnswer> {
    return this.answer(command, components.scheduler);
  }

  @MessagePattern('commands.controller-manager')
  controllerManager(@Payload() command: unknown): Promise<CommandAnswer> {
    return this.answer(command, components['controller-manager']);
  }

  private async answer(data: unknown, component: UserInfo): Promise<CommandAnswer> {
    try {
      const command = readCommand(data);
      const request = new CommandRequest(command, actor(component, command.actAs));
      const answer = await handleRequest(new RequestScope(request), this.gateway);
      if ('stream' in answer) throw badRequest('a command has one answer: watches and streams need HTTPS');
      return { code: answer.code, body: joined(answer.body).toString('utf8') };
    } catch (error) {
      const { code, body } = statusAnswer(error);
      return { code, body: body };
    }
  }
}

function readCommand(data: unknown): Command {
  const command = plainToInstance(Command, data ?? {});
  const problems = validateSync(command).flatMap(({ constraints }) => Object.values(constraints ?? {}));
  if (problems.length > 0) throw badRequest(`not a command: ${problems.join('; ')}`);
  return command;
}

/** One object for each, as for a connection: what is known of a user is remembered by it. As many as there are controllers. */
const accounts = new Map<string, UserInfo>();

/** The controller-manager acts as the service account of the controller that asks; nobody else may act as another. */
function actor(component: UserInfo, actAs: string | undefined): UserInfo {
  if (!actAs) return component;
  if (component !== components['controller-manager'] || !controllerAccount.test(actAs))
    throw forbidden({ group: '', plural: 'users' }, actAs, `${component.name} may not act as ${actAs}`);
  const known = accounts.get(actAs);
  if (known) return known;
  const account = {
    name: actAs,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', authenticated],
  };
  accounts.set(actAs, account);
  return account;
}
