/** Where a master keeps what Occopus reads. Occopus' container sees the inner folder under the same path. */

export const MASTER_FOLDER = '/etc/micado';
/** As the compose file of the master names it. */
export const OCCOPUS_CONTAINER = 'micado-occopus';
/** The network that it shares with the executor. */
export const OCCOPUS_NETWORK = 'micado_occopus';

export type MasterLayout = {
  readonly folder: string;
  readonly policy: string;
  readonly occopusFolder: string;
  readonly authData: string;
  readonly nodeDefinition: string;
  readonly infrastructure: string;
  /** The infrastructure with the join token of the day: what Occopus builds. */
  readonly submitted: string;
};

export function layOutMaster(folder: string): MasterLayout {
  const occopusFolder = `${folder}/occopus`;
  return {
    folder,
    occopusFolder,
    policy: `${folder}/policy.yaml`,
    authData: `${occopusFolder}/auth_data.yaml`,
    nodeDefinition: `${occopusFolder}/node_definition.yaml`,
    infrastructure: `${occopusFolder}/infrastructure.yaml`,
    submitted: `${occopusFolder}/submitted.yaml`,
  };
}
