/** The one project of a local cloud, and who its workloads are. */
export const projectId = "trimaran-local";
export const projectNumber = "100000000001";
export const serviceAccount = `app@${projectId}.iam.gserviceaccount.com`;
export const serviceAccountId = "100000000000000000001";
export const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
