package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about Kerberos, of Druid's own processes and of Hadoop.
func kerberosRules() []*Rule { return []*Rule{secKerberosCookie, hadoopKerberosOff} }

const cookieSecret = "cookieSignatureSecret"

var secKerberosCookie = &Rule{
	ID: "sec-kerberos-cookie-secret", Severity: finding.Info, Area: Security, Releases: schema.Range{Until: 34},
	Title:    "Kerberos without a secret for its cookies.",
	Why:      "After a login with Kerberos a cookie stands for it, signed with cookieSignatureSecret; without one each process takes a random number at each start. Browsers send a cookie to every port of a host.",
	Effect:   "What one process has signed another one refuses: AuthenticationToken ignored: SignerException: Invalid signature, or Invalid signed text. Browsers log in again at each hop.",
	Fix:      "Set the same druid.auth.authenticator.<name>.cookieSignatureSecret for all processes; from 35 on they do not start without it.",
	Source:   "extensions-core/druid-kerberos, KerberosAuthenticator.java (ThreadLocalRandom), 0.12.3 to 34, and 35 (DruidException); apache/druid#9254",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			prefix, ok := strings.CutSuffix(s.Key, ".type")
			if ok && strings.HasPrefix(prefix, "druid.auth.authenticator.") && s.Text == "kerberos" && !p.idle(s) && p.someLack(s, prefix+"."+cookieSecret) {
				p.Report(Val(s.Value), "%s.%s is not set: each process signs its cookies with a random secret", prefix, cookieSecret)
			}
		}
	},
}

const (
	hadoopPrincipal = "druid.hadoop.security.kerberos.principal"
	hadoopLogin     = "hadoop.security.authentication"
)

var hadoopKerberosOff = &Rule{
	ID: "hadoop-kerberos-off", Severity: finding.Warning, Area: Hadoop,
	Title:  "A principal for Hadoop, whose files do not ask for Kerberos.",
	Why:    "Druid logs in with its principal and keytab where hadoop.security.authentication is kerberos in Hadoop's own files, and the default there is simple.",
	Effect: "Druid does not log in, and does not say so. HDFS refuses: SIMPLE authentication is not enabled. Available:[TOKEN, KERBEROS].",
	Fix:    "Copy core-site.xml of the cluster, with hadoop.security.authentication=kerberos; where Hadoop runs without Kerberos, delete principal and keytab.",
	Source: "extensions-core/hdfs-storage, HdfsStorageAuthentication.java (isSecurityEnabled) and HdfsStorageDruidModule.java (hadoop.*), 0.12.3 to 38; core-default.xml of Hadoop 2.8 and 3.3; apache/druid#6675",
	Check: func(p *Pass) {
		principal := p.shared(hadoopPrincipal)
		core := p.hadoopFiles("core-site.xml")
		given := p.Tree.Get("hadoop."+hadoopLogin).Set || slices.ContainsFunc(p.Files(conf.HadoopXML), func(f *conf.File) bool {
			value, _, ok := hadoopProperty(f, hadoopLogin)
			return f.XML == nil || ok && (value == "kerberos" || syntax.HasPlaceholder(value))
		})
		if !principal.Set || principal.Text == "" || len(core) == 0 || given {
			return
		}
		_, at, ok := hadoopProperty(core[0], hadoopLogin)
		f := p.Report(Val(principal), "Druid does not log in as this principal: %s is not kerberos in core-site.xml", hadoopLogin)
		if ok {
			relate(f, At(core[0], at), "the login that Hadoop is told")
		} else {
			relate(f, In(core[0]), "core-site.xml")
		}
	},
}
