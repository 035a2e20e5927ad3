package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func securityRules() []*Rule {
	return []*Rule{
		secAuthIncomplete, secNameTrap, secNoAuth, secEscalator, secPlaintext, passwordProvider, secLogged, secTLS, secJavaScript,
	}
}

// authChains are the lists of authenticators and authorizers, and the prefix
// below which each name's settings stand.
var authChains = []struct{ list, prefix, none string }{
	{"druid.auth.authenticatorChain", "druid.auth.authenticator.", "Must have at least one Authenticator configured."},
	{"druid.auth.authorizers", "druid.auth.authorizer.", "Must have at least one Authorizer configured."},
}

var secAuthIncomplete = &Rule{
	ID: "sec-auth-incomplete", Severity: finding.Error, Area: Security,
	Title:  "An authenticator or authorizer that is named and not configured.",
	Why:    "Every name in druid.auth.authenticatorChain and druid.auth.authorizers needs a type, and is listed once; the name itself is not a property.",
	Effect: "Every process stops at start: missing property 'type', Could not create authenticator with name: ..., or Cannot have multiple authenticators with the same name.",
	Fix:    "Set druid.auth.authenticator.<name>.type, or take the name out of the list.",
	Source: "server/src/main/java/org/apache/druid/server/initialization/AuthenticatorMapperModule.java:105,139 and AuthorizerMapperModule.java, 0.14.2; run on Imply 2.7.8 and Druid 25 and 33, also with allowAll, the name of a type",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			for _, chain := range authChains {
				if s.Key == chain.list && s.Known() {
					p.checkChain(s, chain.prefix, chain.none)
				}
			}
		}
	},
}

func (p *Pass) checkChain(s Setting, prefix, none string) {
	array := s.JSON()
	if array == nil || array.Kind != syntax.Array {
		return
	}
	if len(array.Items) == 0 {
		f := p.Report(Val(s.Value), "%s is empty", s.Key)
		f.Effect = "Every process stops at start: " + none
		f.Help = `Name one, or delete the line: the default is ["allowAll"].`
	}
	seen := map[string]bool{}
	for _, item := range array.Items {
		name := item.Text
		switch {
		case syntax.HasPlaceholder(name):
			continue
		case seen[name]:
			p.Report(itemAt(s, item), "%s names %q twice", s.Key, name)
		case p.someLack(s, prefix+name+".type"):
			f := p.Report(itemAt(s, item), "%s%s.type is not set", prefix, name)
			f.Help = "Set " + prefix + name + ".type."
			if name == "allowAll" { // a type, and not by itself a name of it
				f.Help = "Set " + prefix + "allowAll.type=allowAll."
				if len(array.Items) == 1 {
					f.Help = "Delete the line: allowAll is the default."
				}
			}
		}
		seen[name] = true
	}
}

// someLack reports whether one of the processes that see a setting lacks
// another one.
func (p *Pass) someLack(s Setting, key string) bool {
	if len(s.Services) == 0 {
		return p.Tree.Get(key).Absent()
	}
	return slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Get(key).Absent() })
}

const authChainKey = "druid.auth.authenticatorChain"

var secNameTrap = &Rule{
	ID: "sec-auth-property-name-trap", Severity: finding.Error, Area: Security,
	Title:  "druid.auth.authenticationChain, which is not a property.",
	Why:    "The property is called authenticatorChain; a page of Druid's own documentation has it wrong.",
	Effect: "The line is ignored and everybody is let in: the cluster looks secured, and is open.",
	Fix:    "Write druid.auth.authenticatorChain.",
	Source: "server/src/main/java/org/apache/druid/server/security/AuthConfig.java (authenticatorChain), 0.14.2; docs/content/design/auth.md, 0.14.2, has the wrong name",
	Check: func(p *Pass) {
		for _, s := range p.Settings() {
			if s.Key == "druid.auth.authenticationChain" {
				f := p.Report(Key(s.Value), "the property is called %s: no authentication is configured", authChainKey)
				f.Suggestion = authChainKey // and no fix: what else the chain needs must be there as well
			}
		}
	},
}

// open reports whether a process lets everybody in, and by which setting.
func (p *Pass) open(s *conf.Service) (conf.Value, bool) {
	v := s.Get(authChainKey)
	list, ok := v.Strings()
	return v, v.Absent() || ok && len(list) == 1 && list[0] == "allowAll"
}

var secNoAuth = &Rule{
	ID: "sec-no-auth", Severity: finding.Info, Area: Security,
	Title:    "A cluster that everybody in its network may use.",
	Why:      "Without authenticators Druid does not ask for a login: anyone who reaches a port may read all data, delete it, and submit tasks.",
	Effect:   "None as long as only trusted people and programs reach the ports.",
	Fix:      "Keep the ports behind a firewall, or set up druid-basic-security or druid-kerberos.",
	Source:   "server/src/main/java/org/apache/druid/server/security/AllowAllAuthenticator.java and AuthConfig.java (defaults), 0.14.2; Imply's self-hosted overview",
	DefersTo: []string{"sec-auth-property-name-trap"},
	Check: func(p *Pass) {
		if p.Deployment.Single() || !p.configuresDruid() {
			return
		}
		for _, s := range p.Tree.Services {
			v, open := p.open(s)
			if !open {
				continue
			}
			at := p.Where(nil, v)
			at.Property = authChainKey
			p.Report(at, "no authentication is configured")
			return
		}
	},
}

var secEscalator = &Rule{
	ID: "sec-escalator-credentials-mismatch", Severity: finding.Error, Area: Security,
	Title:  "Processes that log in to each other with different passwords.",
	Why:    "The escalator is the account that processes use among themselves; the basic authenticator creates it at the very first start, with the initial password.",
	Effect: "401 Unauthorized between processes: no segments are loaded, no tasks run.",
	Fix:    "Set druid.escalator.* once, in _common, with the password of the account.",
	Source: "extensions-core/druid-basic-security (BasicHTTPEscalator.java, BasicHTTPAuthenticator.java); docs/content/development/extensions-core/druid-basic-security.md:76, 0.14.2",
	Check: func(p *Pass) {
		const prefix = "druid.escalator.internalClient"
		var first conf.Value
		for _, s := range p.Tree.Services {
			if !s.Get("druid.escalator.type").Is("basic") {
				continue
			}
			v := s.Get(prefix + "Password")
			switch {
			case !v.Set || !v.Known():
			case !first.Set:
				first = v
				p.initialPassword(s, v)
			case v.Text != first.Text:
				f := p.Report(Val(v).Of(s), "the %s logs in to the others with another password than they do", s.Name)
				relate(f, Val(first), "the others' password")
			}
		}
	},
}

// initialPassword compares the escalator's password with the one that its
// account is created with. It may have been changed since, through the API.
func (p *Pass) initialPassword(s *conf.Service, password conf.Value) {
	chain, ok := s.Get(authChainKey).Strings()
	if !ok || !s.Get("druid.escalator.internalClientUsername").Is("druid_system") {
		return
	}
	for _, name := range chain {
		initial := s.Get("druid.auth.authenticator." + name + ".initialInternalClientPassword")
		if initial.Set && initial.Known() && initial.Text != password.Text {
			f := p.Report(Val(password), "the account druid_system is created with another password than the processes use")
			f.Severity = finding.Warning
			f.Help = "Correct it, unless the password was changed through the API."
			relate(f, Val(initial), "the password at creation")
		}
	}
}

var secPlaintext = &Rule{
	ID: "sec-plaintext-secret", Severity: finding.Warning, Area: Security,
	Title:  "A password or key in plain text.",
	Why:    "Druid can take the value from the environment. Configuration is copied, backed up and kept under version control, and MiddleManagers hand their settings to tasks on the command line, where ps shows them.",
	Effect: "Anyone who reads the file, a backup or the list of processes has the password.",
	Fix:    `Write {"type":"environment","variable":"NAME"}, or let only Druid's user read the file.`,
	Source: "docs/content/operations/password-provider.md, 0.14.2; ForkingTaskRunner.java:310 (-D on the command line), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			text := strings.TrimSpace(s.Text)
			if !s.Secret() || isName(s.Key) || text == "" || !s.Known() || strings.HasPrefix(text, "{") || !p.Read(s) || s.Property.Type != schema.Any {
				continue // of plain texts Druid takes no other
			}
			f := p.Report(Val(s.Value), "the value of %s is in plain text here", s.Key)
			if p.Deployment.Single() {
				f.Severity = finding.Info
			}
			if s.JVM {
				f.Effect = "Anyone who reads the file, a backup or the list of processes (ps) has the password."
			}
		}
		p.javaSecrets()
	},
}

// javaSecrets finds the passwords of Java's own key stores on command lines.
func (p *Pass) javaSecrets() {
	for _, j := range p.javas() {
		for _, flag := range j.flags {
			v := conf.Value{Key: flag.Name, Text: flag.Value, Set: true}
			if flag.Kind != syntax.SystemProperty || strings.HasPrefix(flag.Name, "druid.") || flag.Value == "" || !v.Secret() || isName(flag.Name) || !v.Known() {
				continue
			}
			f := p.Report(j.at(flag), "the value of %s is in plain text here", flag.Name)
			f.Effect = "Anyone who reads the file, a backup or the list of processes (ps) has the password."
			f.Help = "Let only Druid's user read the file; from Java 9 on JDK_JAVA_OPTIONS in the environment keeps the flag off the command line."
			if p.Deployment.Single() {
				f.Severity = finding.Info
			}
		}
	}
}

// isName reports whether a key that is masked like a secret holds the name that
// goes with one.
func isName(key string) bool {
	return strings.HasSuffix(key, "accessKey") || strings.HasSuffix(key, "accessKeyId") || strings.HasSuffix(strings.ToLower(key), "username")
}

var secLogged = &Rule{
	ID: "sec-secrets-in-log-and-status", Severity: finding.Warning, Area: Security,
	Title:  "Secrets are written into the log at start.",
	Why:    "druid.startup.logging.logProperties writes all properties; those whose names contain password or secret are masked, others are not.",
	Effect: "The key or password is written to the log of every process.",
	Fix:    `Add a part of its name to druid.startup.logging.maskProperties, as in ["password","Password","secret","Secret","Key","pwd"].`,
	Source: "server/src/main/java/org/apache/druid/server/log/StartupLoggingConfig.java:33, 0.14.2 and 38",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if !s.Secret() || isName(s.Key) || s.Text == "" || p.fromElsewhere(s) || !named(s) && !schema.SoundsSecret(s.Key) {
				continue // one that is only near to the name of a secret is hidden, to be safe
			}
			for _, service := range s.Services {
				logged := service.Get("druid.startup.logging.logProperties")
				if !strings.EqualFold(logged.Text, "true") || p.masked(service, s.Key) {
					continue
				}
				f := p.Report(Key(s.Value), "%s is written into the log, unmasked", s.Key)
				relate(f, Val(logged), "switched on here")
				break
			}
		}
	},
}

// named reports whether a key is the name of a property.
func named(s Setting) bool {
	_, ok := lookup(innerKey(s.Key))
	return ok
}

// fromElsewhere reports whether a value only says where the secret is kept: a
// provider's type and the name of its variable, or a variable of Druid's, which is
// logged as it is written (JsonConfigurator.java, 25 and 38).
func (p *Pass) fromElsewhere(s Setting) bool {
	if !s.Known() { // what a tool fills in is the secret itself, where Druid takes a plain text
		_, own := syntax.FindInterpolation(s.Text)
		return own || s.Property == nil || s.Property.JavaIn(p.Release()) == "PasswordProvider"
	}
	kind, ok := s.JSON().Get("type")
	return ok && kind.Text != "default"
}

// masked reports whether a process masks a key when it logs its properties.
func (p *Pass) masked(s *conf.Service, key string) bool {
	words, ok := s.Get("druid.startup.logging.maskProperties").Strings()
	if !ok {
		words = []string{"Password", "password", "Secret", "secret"}
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(key, word) })
}

var secTLS = &Rule{
	ID: "sec-tls-incomplete", Severity: finding.Error, Area: Security,
	Title:  "A TLS port without what TLS needs.",
	Why:    "The server needs its key store, and every process that calls it an SSLContext, which simple-client-sslcontext makes of a trust store.",
	Effect: "NullPointerException or IllegalStateException from Jetty, and the process does not start.",
	Fix:    "Set druid.server.https.keyStorePath, keyStoreType and keyStorePassword, and load simple-client-sslcontext with druid.client.https.trustStorePath.",
	Source: "server/src/main/java/org/apache/druid/server/initialization/jetty/JettyServerModule.java:249 and TLSServerConfig.java, 0.14.2; TLSUtils.java:144 and ChannelResourceFactory.java:95, 0.15.1 and 38",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			tls := s.Get("druid.enableTlsPort")
			if !tls.Set || !strings.EqualFold(tls.Text, "true") {
				continue
			}
			var missing []string
			for _, key := range []string{"keyStorePath", "keyStoreType", "keyStorePassword"} {
				if key := "druid.server.https." + key; !s.Get(key).Set && !s.Silent(key) {
					missing = append(missing, key)
				}
			}
			if len(missing) > 0 {
				p.Report(Val(tls).Of(s), "TLS is on, and %s is not set", strings.Join(missing, ", "))
			}
			if names, list, known := loaded(s); known && s.Name != "router" && !slices.Contains(names, sslExtension) {
				f := p.Report(Val(tls), "TLS is on, and %s is not loaded", sslExtension)
				f.Severity = finding.Warning // an extension of one's own may bring an SSLContext
				f.Effect = "No process can call another one by https: IllegalStateException: No sslContext set, cannot do https."
				f.Help = "Load " + sslExtension + ", and set druid.client.https.trustStorePath and trustStorePassword."
				relate(f, Val(list), "the extensions that are loaded")
			}
		}
		p.checkTrustStores()
	},
}

const (
	sslExtension  = "simple-client-sslcontext"
	trustStoreKey = "druid.client.https.trustStorePath"
)

// checkTrustStores looks for processes that load the extension for https clients,
// which refuses to be without a trust store, and do not say where theirs is.
func (p *Pass) checkTrustStores() {
	for _, s := range p.Tree.Services {
		if names, list, known := loaded(s); known && slices.Contains(names, sslExtension) && s.Get(trustStoreKey).Absent() {
			f := p.Report(Val(list), "%s is loaded, and %s is not set", sslExtension, trustStoreKey)
			f.Effect = "The process stops at start: must specify a trustStorePath."
			f.Help = "Set " + trustStoreKey + " and trustStorePassword."
		}
	}
}

var secJavaScript = &Rule{
	ID: "sec-javascript-enabled", Severity: finding.Warning, Area: Security,
	Title:  "JavaScript in queries.",
	Why:    "JavaScript runs inside the process with all its rights; it is off by default for that.",
	Effect: "Everybody who may query may run any code on the servers.",
	Fix:    "Delete the line, or make sure that only trusted people can query.",
	Source: "processing/src/main/java/org/apache/druid/js/JavaScriptConfig.java (default false), 0.14.2; docs/content/development/javascript.md",
	Check: func(p *Pass) {
		for _, s := range p.Settings() {
			if innerKey(s.Key) == "druid.javascript.enabled" && strings.EqualFold(s.Text, "true") {
				p.Report(Val(s.Value), "anyone who may query may run code on the servers")
			}
		}
	},
}
