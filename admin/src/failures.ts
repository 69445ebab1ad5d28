// Every way in which the command stops: a code that never changes its meaning, what is wrong, and what to do about it. Words in braces are
// filled in. docs/reference/admin.md shows the table; a test holds them together.
interface Failure { readonly title: string; readonly remedy: string }

export const FAILURES = {
  // Before anything is asked of anybody.
  usage: { title: "The command line was not understood.", remedy: "Run the command with --help; the reference is docs/reference/admin.md." },
  environment_file_missing: { title: "There is no environment file {file}.", remedy: "Run setup first, or name the file with --environment." },
  environment_file_invalid: { title: "The environment file {file} has mistakes.", remedy: "Mend what is named, or run setup again: it asks for what is missing." },
  no_environment: { title: "It is not said which environment is meant.", remedy: "Name it with --url https://contoso.crm.dynamics.com, or an environment file with --environment." },
  secret_missing: { title: "The secret {reference} is empty or cannot be read.", remedy: "Set the variable, put the secret into the file, or give this sign-in the right to read it from the vault; then run the same command again." },
  answer_needed: { title: "{question} was not answered, and nobody can be asked here.", remedy: "Give the answer with {option}, or run the command in a terminal." },
  declined: { title: "Stopped on your word. Nothing was changed after that question.", remedy: "Run the same command again when you want to go on." },
  zip_missing: { title: "There is no solution zip at {file}.", remedy: "Name the zip you were given with --zip, or run: npm run pack" },
  zip_invalid: { title: "The file {file} is not a solution of this product.", remedy: "Take the managed zip CybersourcePayments_…_managed.zip as it was released." },
  // Signing in.
  sign_in_failed: { title: "Microsoft Entra ID refused the sign-in.", remedy: "Do what Entra ID says, or choose another way with --sign-in." },
  sign_in_unavailable: { title: "There is no usable {way} sign-in on this machine.", remedy: "Sign in with that tool first, or choose another way with --sign-in." },
  sign_in_incomplete: { title: "The sign-in by {way} needs {missing}.", remedy: "Add it to signIn in the environment file, or give it as an option." },
  // Dataverse.
  dataverse_unreachable: { title: "Dataverse at {url} does not answer.", remedy: "Check the address, the network and a proxy's certificate (--ca); then run the same command again: it goes on where it was." },
  not_signed_in_here: { title: "Dataverse at {url} does not know this sign-in.", remedy: "Sign in as a user of that environment, or let an administrator add you." },
  no_privilege: { title: "This user may not do that in Dataverse.", remedy: "Ask a system administrator of the environment to run the same command, or to give you the role System Customizer (System Administrator for import and uninstall)." },
  dataverse_refused: { title: "Dataverse refused: {message}", remedy: "The sentence is Dataverse's own. Mend what it names and run the same command again." },
  wrong_organization: { title: "This is not the organization of the environment file: it says {expected}, Dataverse says {found}.", remedy: "If the environment was copied or restored, run setup for the copy with an environment file of its own. Nothing was changed." },
  // Importing.
  dependency_missing: { title: "The environment lacks what the solution needs: {missing}.", remedy: "Install Dynamics 365 Sales (orders and invoices) in the environment first; then run import again." },
  older_version: { title: "Version {installed} is installed; the zip is the older {offered}.", remedy: "Take a zip of the installed version or newer. Going back is a restore of the environment, not an import: docs/guides/upgrade.md." },
  import_failed: { title: "Dataverse gave the import up: {message}", remedy: "Nothing of the new version is in use. Mend what the sentence names and run import again: it starts a new import job." },
  import_too_long: { title: "The import is still running after {minutes} minutes.", remedy: "Dataverse goes on by itself. Run import again: it waits for the same job." },
  key_index_failed: { title: "The index of the alternate key {key} on {table} could not be built.", remedy: "Look for rows that break the key, remove the duplicates, and run import again: it asks Dataverse to build the index anew." },
  key_index_too_long: { title: "The index of the alternate key {key} is still being built.", remedy: "Large tables take long. Run import again later: it goes on from here." },
  verification_failed: { title: "After all steps something is not as it should be: {what}.", remedy: "Run import again: it changes only what is not yet right." },
  // Uninstalling.
  money_in_flight: { title: "{count} payment(s) are not finished: {examples}.", remedy: "Wait for their outcome or decide on them in the app (Exceptions); then run uninstall again. Nothing was removed." },
  controls_on_forms: { title: "Other forms still hold our controls: {forms}.", remedy: "Take them off with place-control --remove --form NAME, publish, and run uninstall again." },
  dependants_exist: { title: "Other solutions need this one: {dependants}", remedy: "Remove what they have on our tables first; then run uninstall again: steps and endpoint are gone already, the rest is untouched." },
  not_installed: { title: "The solution is not installed in this environment.", remedy: "Run import first." },
  // The relay and Cybersource.
  relay_unreachable: { title: "The relay at {url} does not answer.", remedy: "Start it, or check address, firewall and certificate; then run the same command again." },
  relay_refused: { title: "The relay refused the operations key.", remedy: "Set relay.operationsKey in the environment file to the same secret as the relay's OPERATIONS_KEY." },
  relay_not_bound: { title: "The relay does not serve this organization ({organizationId}).", remedy: "Give the relay the bindings file that setup wrote (BINDINGS_FILE) and restart it." },
  cybersource_unreachable: { title: "Cybersource at {host} does not answer.", remedy: "Check the network (port 443 to {host}); then run the same command again." },
  credentials_refused: { title: "Cybersource refused the credentials of {merchantId}.", remedy: "Compare key id and shared secret with the Business Center (Key Management), see that the key is of the same merchant and of {host}; explain-signature shows what was signed." },
  clock_off: { title: "This machine's clock is {seconds} seconds off, and signatures last {limit}.", remedy: "Set the clock by a time server (NTP) and run the same command again." },
  live_credentials_in_sandbox: { title: "A sandbox environment works with Cybersource's test host only, not with {host}.", remedy: "Use test credentials and apitest.cybersource.com for sandbox environments." },
  test_credentials_in_production: { title: "Merchant account {merchantId} is for test, the environment is production.", remedy: "Set up a live merchant account in the target with setup; test accounts are never carried over." },
  ability_not_tried: { title: "Abilities are tried in test mode only; {merchantId} is live.", remedy: "Try them with the same processor's test account, then enter them for the live one." },
  // Configuration.
  plan_out_of_date: { title: "The environment has changed since the plan was made ({what}).", remedy: "Run promote plan again, look at it, and apply the new one. Nothing was changed." },
  plan_broken: { title: "The plan was stopped part-way and taken back ({what}).", remedy: "The environment is as before. Mend what is named, make a new plan, apply it." },
  configuration_invalid: { title: "The configuration in {folder} has mistakes.", remedy: "Mend the files that are named; promote export writes good ones." },
  unresolved_reference: { title: "{what} is not in the target environment.", remedy: "Create it there or map it in map.json; then run promote plan again." },
  form_not_found: { title: "There is no form {name} on orders or invoices that may be changed.", remedy: "Take one of: {forms}." },
  customer_not_found: { title: "There is no customer {customer}.", remedy: "Give the id of an account or a contact, or its exact name." },
  customer_ambiguous: { title: "{customer} names more than one customer: {ids}.", remedy: "Give one of these ids." },
  erasure_incomplete: { title: "Not everything could be erased: {what}.", remedy: "Run erase again: what is gone stays gone, and it goes on with the rest." },
  call_not_readable: { title: "The call in {file} cannot be read: {why}.", remedy: "Give method, URL, headers and body as sent, as JSON or as curl printed them; see docs/reference/admin.md." },
  page_drifted: { title: "The payment page is not what was recorded: {what}.", remedy: "If you deployed a new version, look at the changes and record it with evidence --accept. If not, stop taking new cards and find out who changed it." },
  doctor_red: { title: "{count} finding(s) are red.", remedy: "Each finding above says how to mend it." },
  waiting_for_others: { title: "{what} is waiting for somebody else.", remedy: "Forward the request printed above; when it is done, run the same command again: it goes on from there." },
  unexpected: { title: "Something went wrong that this command does not know.", remedy: "Run it again with --debug and report what it prints; nothing in it is secret." },
} as const satisfies Readonly<Record<string, Failure>>;

export type FailureCode = keyof typeof FAILURES;
