// Prepares MongoDB for the services: the replica set, and one user per service, limited to its own database.
// Safe to run again at every start; it updates rotated passwords.
const { readFileSync, existsSync } = require("fs");

const SECRETS = "/run/secrets/";
const SERVICES = ["intake", "education", "care", "notifications"];
const PATIENCE_SECONDS = 120;

const secret = (name) => readFileSync(SECRETS + name, "utf8").trim();
const on = (databases) => databases.map((db) => ({ role: "readWrite", db }));

function until(what, attempt) {
  const end = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    try {
      const result = attempt();
      if (result) return result;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error(`gave up waiting: ${what}`);
    sleep(500);
  }
}

function authenticated(admin, password) {
  try {
    return admin.auth("root", password).ok === 1;
  } catch (error) {
    if (error.codeName !== "AuthenticationFailed") throw error;
    return false;
  }
}

function signIn(admin) {
  if (authenticated(admin, secret("root"))) return;
  const older = existsSync(SECRETS + "root.previous") ? secret("root.previous").split("\n") : [];
  if (!older.some((password) => authenticated(admin, password))) {
    throw new Error("MongoDB's data knows another root password: restore the vault that belongs to it");
  }
  admin.changeUserPassword("root", secret("root"));
  if (!authenticated(admin, secret("root"))) throw new Error("root's new password was not accepted");
  print("root: password changed");
}

function initiate(admin) {
  try {
    admin.runCommand({ replSetGetStatus: 1 });
  } catch (error) {
    if (error.codeName !== "NotYetInitialized") throw error;
    admin.runCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] } });
    print("replica set rs0: made");
  }
}

function setUser(admin, name, databases) {
  const user = { pwd: secret(name), roles: on(databases) };
  if (admin.getUser(name) === null) admin.createUser({ user: name, ...user });
  else admin.updateUser(name, user);
}

const admin = until("MongoDB answers", () =>
  new Mongo("mongodb://mongo:27017/?directConnection=true&serverSelectionTimeoutMS=2000").getDB("admin"),
);
until("MongoDB is past its first start", () => admin.hello().ok);
signIn(admin);
initiate(admin);
until("a primary", () => admin.hello().isWritablePrimary);
SERVICES.forEach((name) => setUser(admin, name, [name]));
setUser(admin, "operator", SERVICES);
print(`users: ${SERVICES.join(", ")}, operator`);
