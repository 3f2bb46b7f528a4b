/** The one account of a local AWS cloud: the number that AWS's documentation uses. */
export const ACCOUNT_ID = "111122223333";
/** Who the instances are: the role that the container credentials endpoint hands out. */
export const TASK_ROLE = "trimaran-task";
/** Who holds the long-lived key. */
export const ADMIN_USER_ARN = `arn:aws:iam::${ACCOUNT_ID}:user/admin`;

export function roleArn(role: string): string {
  return `arn:aws:iam::${ACCOUNT_ID}:role/${role}`;
}

export function assumedRoleArn(role: string, session: string): string {
  return `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role}/${session}`;
}
