/** `GET /v1/user`: who calls. In single-user mode the local user, whose id is `local`. */
export interface UserView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: string;
}
