// Judges calls under service control policies: one JSON line a case on standard input, one JSON line of answers on
// standard output, in the same order.
//
//   in:  {"documents": {"<account>": ["<policy JSON>", ...]},
//         "calls": [{"account", "principal", "action", "resource", "context": {"aws:CurrentTime": ...}}, ...]}
//   out: ["Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied" | "Error: ...", ...]
//
// Every principal may do everything by its own policies, and the organization allows everything at its root, so that
// only the documents of the caller's account decide. A document that is no valid policy, and a context key that the
// simulator would leave out, are errors: neither may pass for an answer.
//
// The simulator is under the AGPL. It runs in a process of its own, for tests alone, and is no part of the product.
import { createInterface } from 'node:readline';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateServiceControlPolicy,
} from '@cloud-copilot/iam-policy';

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const own = createValidatedPolicy(everything, validateIdentityPolicy);
const full = createValidatedPolicy(everything, validateServiceControlPolicy);
// A key of KMS allows nobody whom its own policy does not, be it in the same account.
const trusting = (account) =>
  createValidatedPolicy(
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: '*', Resource: '*' }],
    },
    validateResourcePolicy,
  );

async function judge(documents, call) {
  const kms = call.action.startsWith('kms:');
  const answer = await runSimulation(
    {
      request: {
        principal: call.principal,
        action: call.action,
        resource: { resource: call.resource, accountId: call.account },
        contextVariables: call.context,
      },
      identityPolicies: [{ name: 'own', policy: own }],
      resourceControlPolicies: [],
      resourcePolicy: kms ? trusting(call.account) : undefined,
      serviceControlPolicies: [
        { orgIdentifier: 'r-root', policies: [{ name: 'full', policy: full }] },
        {
          orgIdentifier: call.account,
          policies: [
            { name: 'full', policy: full },
            ...documents[call.account].map((policy, index) => ({ name: `document-${index}`, policy })),
          ],
        },
      ],
    },
    { simulationMode: 'Strict' },
  );
  if (answer.resultType !== 'single') {
    return `Error: ${JSON.stringify(answer.errors ?? answer.resultType)}`;
  }
  const ignored = answer.result.ignoredContextKeys ?? [];
  return ignored.length > 0 ? `Error: left out ${ignored.join(', ')}` : answer.overallResult;
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { documents, calls } = JSON.parse(line);
  const valid = {};
  for (const [account, contents] of Object.entries(documents)) {
    valid[account] = contents.map((text) => createValidatedPolicy(JSON.parse(text), validateServiceControlPolicy));
  }
  const answers = [];
  for (const call of calls) {
    answers.push(await judge(valid, call));
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
