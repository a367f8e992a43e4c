import { scopesOf } from "../../policy.ts";
import { operation } from "../operation.ts";
import { readJob, readJobs, runJob } from "./jobs.ts";
import { healthSchema, jobSchema, jobsSchema, nodesSchema, startedSchema } from "./node-schema.ts";
import { forgetNode, listNodes, readHealth } from "./nodes.ts";

const ADMINISTER = scopesOf["node.list"];

/** Operations on the machines that run the site, and on its periodic jobs. */
export const nodeOperations = {
  apiHealth: {
    GET: operation({
      name: "readHealth",
      doc: "Whether this node answers links. If not, 503.",
      scopes: null,
      answers: { 200: { doc: "It does.", schema: healthSchema } },
      answer: readHealth,
    }),
  },
  apiNodes: {
    GET: operation({
      name: "listNodes",
      doc: "List the nodes that were seen within a day.",
      scopes: ADMINISTER,
      answers: { 200: { doc: "The nodes.", schema: nodesSchema } },
      answer: listNodes,
    }),
  },
  apiNode: {
    DELETE: operation({
      name: "forgetNode",
      doc: "Remove a node that does not run.",
      scopes: ADMINISTER,
      answers: { 204: { doc: "It is removed." } },
      problems: ["conflict"],
      answer: forgetNode,
    }),
  },
  apiJobs: {
    GET: operation({
      name: "listJobs",
      doc: "List the periodic jobs, and how they went.",
      scopes: ADMINISTER,
      answers: { 200: { doc: "The jobs.", schema: jobsSchema } },
      answer: readJobs,
    }),
  },
  apiJob: {
    GET: operation({
      name: "readJob",
      doc: "Read how a job went.",
      scopes: ADMINISTER,
      answers: { 200: { doc: "The job.", schema: jobSchema } },
      answer: readJob,
    }),
  },
  apiJobRun: {
    POST: operation({
      name: "runJob",
      doc: "Run a job now. Watch `running` of the job.",
      scopes: ADMINISTER,
      answers: { 202: { doc: "It is started.", schema: startedSchema, headers: ["Location"] } },
      problems: ["conflict"],
      answer: runJob,
    }),
  },
};
