package preflight

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func gcsChecks() []*Check { return []*Check{liveGCSAccess, liveGCSRights, liveGCSWrite} }

// google is Google Cloud Storage. No property names the host or the credentials.
var google = &objects{
	kind: "google", asked: "gcs", listens: "Google Cloud Storage", bucket: "bucket", login: (*Pass).gcsLogin, own: (*Pass).gcsOwn, unlisted: []string{"forbidden"},
}

func (p *Pass) gcsLogin(q *facts.Store) (skip string) {
	q.Endpoint = "https://storage.googleapis.com"
	return ""
}

var liveGCSAccess = &Check{
	Rule: rules.Rule{
		ID: "live-gcs-access", Severity: finding.Error,
		Title:  "The bucket of Google is not there, or these credentials may not use it.",
		Why:    "Druid takes the Application Default Credentials: the file that GOOGLE_APPLICATION_CREDENTIALS names, that of gcloud in the user's home, or the machine's service account. This check looks in the same order, with the environment and the files of the user that runs it.",
		Effect: "401, 403 or 404 of storage.googleapis.com: tasks cannot push segments, and Historicals cannot load them.",
		Fix:    "Mend the bucket's name or the file of the service account, open the way to storage.googleapis.com, and give the account the role Storage Object Admin on the bucket.",
		Source: "extensions-core/google-extensions: GoogleStorageDruidModule.java, 0.15.1 and 38; cloud/gcp-common: GcpModule.java, 28 (GoogleCredential.getApplicationDefault); fake-gcs-server 1.56.1, run",
	},
	Needs: func(p *Pass) []Need { return p.looked(google) },
	Each:  func(p *Pass, a Asked) { google.judgeAccess(p, a) },
}

// gcsOwn knows which files of credentials Druid reads.
func (p *Pass) gcsOwn(a Asked, required, _ string) bool {
	s := a.Store
	if s == nil || s.Type == "" || !p.before(29) || slices.Contains([]string{"service_account", "authorized_user"}, s.Type) {
		return false
	}
	p.Fail(a, required, s.Credentials+" ("+s.Type+")", "%s has credentials of the type %s, and %s reads service_account and authorized_user", s.Credentials, s.Type, p.Tree.Target.Name)
	return true
}

var liveGCSRights = &Check{
	Rule: rules.Rule{
		ID: "live-gcs-rights", Severity: finding.Warning,
		Title:  "The credentials lack a right to the objects of the bucket of Google.",
		Why:    "Druid creates, reads, lists and deletes objects. The store tells which of these rights an account has on the bucket; a condition of IAM or a managed folder may give more below the prefix.",
		Effect: "Tasks cannot push segments, Historicals cannot load them, or they are never deleted.",
		Fix:    "Give the account the role Storage Object Admin on the bucket, and a machine of Google the access scope cloud-platform.",
		Source: "Cloud Storage, JSON API: Buckets: testIamPermissions; GoogleStorage.java, 38",
	},
	Needs: func(p *Pass) []Need { return p.buckets(google) },
	Known: func(p *Pass, a Asked) {
		s := a.Store
		const required = "create, get, list and delete objects"
		switch {
		case s.List == 404:
			p.Unknown(a, required, "there is no bucket "+a.Question.Store.Bucket+": see live-gcs-access")
		case s.RightsError != "":
			p.Unknown(a, required, "the store does not say it: "+s.RightsError)
		case len(s.Lacks) > 0:
			p.Warn(a, required, "lacks "+strings.Join(s.Lacks, ", "), "the credentials of %s lack %s on the bucket %s", s.Credentials, strings.Join(s.Lacks, ", "), a.Question.Store.Bucket)
		default:
			p.Pass(a, required, "all of them, credentials of "+s.Credentials)
		}
	},
}

var liveGCSWrite = &Check{
	Rule: rules.Rule{
		ID: "live-gcs-write", Severity: finding.Error,
		Title:  "An object cannot be put below the prefix of deep storage in Google, or not be read or deleted again.",
		Why:    "With --probe-writes an object .implycheck-* of 21 bytes is put, read and deleted: an account may list and not write, and a retention policy keeps what is written.",
		Effect: "Tasks cannot publish their segments, Historicals cannot load them, or they are never deleted.",
		Fix:    "Give the account the role Storage Object Admin on the bucket.",
		Source: "the attempt itself",
	},
	Needs: func(p *Pass) []Need { return p.writing(p.buckets(google)) },
	Known: func(p *Pass, a Asked) { google.judgeWrite(p, a) },
}
