/** Kept equal to package.json by a test: reading a file at each start would cost more than it is worth. */
export const version = "0.1.0";
