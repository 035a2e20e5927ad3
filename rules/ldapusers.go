package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

var secLDAPUsers = &Rule{
	ID: "sec-ldap-first-password", Severity: finding.Warning, Area: Security, Releases: schema.Range{From: 17},
	Title:    "First passwords of an authenticator that asks LDAP.",
	Why:      "initialAdminPassword and initialInternalClientPassword make the users admin and druid_system in the metadata store. A credentialsValidator of the type ldap does not look there.",
	Effect:   "Nobody can log in with the password, unless LDAP has the user too. Processes that call each other as druid_system answer 401 Unauthorized.",
	Fix:      "Delete the line, and call other processes as a user of LDAP: druid.escalator.internalClientUsername. Or keep such users in an authenticator of their own, without a credentialsValidator and with skipOnFailure=true, before this one in druid.auth.authenticatorChain.",
	Source:   "extensions-core/druid-basic-security, BasicHTTPAuthenticator.java, CoordinatorBasicAuthenticatorMetadataStorageUpdater.java and LDAPCredentialsValidator.java, 0.17 to 38; apache/druid#9303",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			prefix, password := firstPassword(s.Key)
			if password && !p.idle(s) && slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Get(prefix + ".credentialsValidator.type").Is("ldap") }) {
				p.Report(Key(s.Value), "%s is of a user in the metadata store, and %s looks for users in LDAP", s.Key, prefix)
			}
		}
	},
}

// firstPassword is the authenticator that a key is of, if that is a password of a user whom
// it makes.
func firstPassword(key string) (prefix string, ok bool) {
	for _, end := range []string{".initialAdminPassword", ".initialInternalClientPassword"} {
		if prefix, ok = strings.CutSuffix(key, end); ok {
			break
		}
	}
	return prefix, ok && strings.HasPrefix(prefix, "druid.auth.authenticator.")
}
