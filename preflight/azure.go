package preflight

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

func azureChecks() []*Check { return []*Check{liveAzureAccess, liveAzureSignature, liveAzureWrite} }

var azure = &objects{
	kind: "azure", asked: "azure", listens: "Azure Storage", bucket: "container", account: "druid.azure.account", login: (*Pass).azureLogin, own: (*Pass).azureOwn,
	unlisted: []string{"AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch"},
}

// azureLogin says how to log in, and why nobody can, from here.
func (p *Pass) azureLogin(q *facts.Store) (skip string) {
	account := p.Tree.Shared("druid.azure.account").Text
	q.Account, q.Endpoint, q.Create = account, p.Tree.AzureEndpoint(account), p.Tree.Target.Release >= 29
	way, why := p.azureWay()
	switch v := p.Tree.Shared(way); way {
	case conf.AzureKey:
		q.Secret, skip = plainSecret(v)
	case conf.AzureSignature:
		q.Signature, skip = plainSecret(v)
	case conf.AzureChain:
		q.Chain, q.ClientID = true, p.Tree.Shared("druid.azure.managedIdentityClientId").Text
		if !ofAzure(q.Endpoint) {
			skip = "a token of this machine is sent to hosts of Azure alone, and " + q.Endpoint + " is not known as one: try az storage blob list --auth-mode login"
		}
	default:
		return cmp.Or(why, elsewhere)
	}
	return skip
}

// azureRefuses is why Druid does not log in; empty where it does, or that is not known.
func (p *Pass) azureRefuses() string {
	if way, why := p.azureWay(); way == "" && why != dependsOnRelease {
		return why
	}
	return ""
}

const dependsOnRelease = "how Druid logs in depends on its release, and --target says which that is"

// azureWay is how Druid logs in, in the releases that the tree may be written for; else
// why it does not, or empty where somebody else may say how. A release that knows none of
// the ways that are set is not the one.
func (p *Pass) azureWay() (way, why string) {
	var ways []string
	var together bool
	of := p.releases()
	for r := of.Oldest(); r <= of.Newest(); r++ {
		var one string
		var several bool
		one, several, why = p.azureWayIn(r)
		together = together || several
		if one != "" && !slices.Contains(ways, one) {
			ways = append(ways, one)
		}
	}
	isOpen := func(key string) bool {
		v := p.Tree.Shared(key)
		return !v.Absent() && !(v.Set && v.Known())
	}
	switch {
	case len(ways) == 1 && !together:
		return ways[0], ""
	case len(ways) > 0:
		return "", dependsOnRelease
	case slices.ContainsFunc(conf.AzureLogins(schema.Newest), isOpen):
		return "", ""
	}
	return "", why
}

// azureWayIn is how a release logs in, or why it does not, and whether that is because
// several ways are set: before 29 one counts that is set to nothing, too
// (getCloudBlobClient in AzureStorageDruidModule.java, 23 and 28).
func (p *Pass) azureWayIn(r schema.Release) (way string, several bool, why string) {
	var known, set, empty []string
	for _, key := range conf.AzureLogins(r) {
		known = append(known, key)
		switch v := p.Tree.Shared(key); {
		case !v.Set, key == conf.AzureChain && !isTrue(v.Text):
		case strings.TrimSpace(v.Text) == "":
			empty = append(empty, key)
		default:
			set = append(set, key)
		}
	}
	switch {
	case len(set) == 0 && len(known) == 1:
		return "", false, known[0] + " is not set"
	case len(set) == 0:
		return "", false, "Druid takes one of " + text.List(known) + ", and none is set"
	case len(set) > 1:
		return "", true, text.List(set) + " are set together, and Druid takes one of them"
	case len(empty) > 0 && r < 29:
		return "", true, text.List(append(set, empty...)) + " are set together, although the last is empty, and Druid takes one of them"
	}
	return set[0], false, ""
}

// azureClouds are where the hosts of accounts are.
var azureClouds = []string{".blob.core.windows.net", ".blob.storage.azure.net", ".blob.core.usgovcloudapi.net", ".blob.core.chinacloudapi.cn"}

// ofAzure reports whether a URL is that of a host of Azure, over TLS.
func ofAzure(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" {
		return false
	}
	return slices.ContainsFunc(azureClouds, func(cloud string) bool { return strings.HasSuffix(strings.ToLower(u.Host), cloud) })
}

var liveAzureAccess = &Check{
	Rule: rules.Rule{
		ID: "live-azure-access", Severity: finding.Error,
		Title:  "The container of Azure is not there, or these credentials may not use it.",
		Why:    "Druid takes exactly one of the account's key, a shared access signature, and the chain of Azure: then the environment, a workload's identity or the machine's, and this check looks there in the same order, with the environment of the user that runs it. A token of the machine is sent to hosts of Azure alone.",
		Effect: "AuthenticationFailed, AuthorizationFailure or an unknown host: tasks cannot push segments, and Historicals cannot load them. Druid stops with an ISE where more or less than one of the three is set.",
		Fix:    "Mend account, container and key, open the way to port 443 of the host, or give the identity the role Storage Blob Data Contributor.",
		Source: "extensions-core/azure-extensions: AzureStorageDruidModule, AzureClientFactory, AzureAccountConfig and AzureStorage.java, 0.15.1, 28, 29 and 38; azure-storage-blob 12.25.0; azure-identity 1.11.1 (DefaultAzureCredentialBuilder); Azurite 3.37.0, run",
	},
	Needs: func(p *Pass) []Need { return p.looked(azure) },
	Each:  func(p *Pass, a Asked) { azure.judgeAccess(p, a) },
}

// azureOwn knows which ways to log in Druid takes, and that it makes a container.
func (p *Pass) azureOwn(a Asked, required, current string) bool {
	switch why := p.azureRefuses(); {
	case why != "":
		p.Fail(a, required, why, "%s: %s", a.Target, why)
	case a.Store != nil && a.Store.List == 404:
		p.Warn(a, required, current, "there is no container %s: Druid makes it before it first writes, as far as %s may", a.Question.Store.Bucket, a.Store.Credentials)
	default:
		return false
	}
	return true
}

var liveAzureSignature = &Check{
	Rule: rules.Rule{
		ID: "live-azure-signature", Severity: finding.Error,
		Title:  "A shared access signature of Azure that ends soon, or that does not allow what Druid does.",
		Why:    "The signature says itself until when it is valid, and what it allows. Druid reads, writes, lists and deletes blobs, and before it writes it asks to make the container, which takes the signature of an account for containers and objects: that of a container may not.",
		Effect: "AuthorizationPermissionMismatch or AuthenticationFailed: segments are not pushed, not loaded or never deleted; all of it when the signature has ended.",
		Fix:    "Make a signature of the account: az storage account generate-sas --services b --resource-types co --permissions rwdlac --expiry DATE, and renew it before its end.",
		Source: "Azure Storage: Create an account SAS; AzureStorage.java (createBlobContainerIfNotExists), 38; azure-storage-blob 12.25.0, BlobContainerAsyncClient; apache/airflow#19409",
	},
	Needs: func(p *Pass) []Need {
		return slices.DeleteFunc(p.buckets(azure), func(n Need) bool { return !n.Store.Signature.Known() })
	},
	Known: judgeSignature,
}

func judgeSignature(p *Pass, a Asked) {
	s, now := a.Store.Signature, time.Now()
	const required = "reads, writes, deletes and lists, for longer than 30 days"
	if s == nil {
		p.Unknown(a, required, "what was gathered does not say it")
		return
	}
	current := s.Permissions + " until " + day(s.Expires)
	has := func(letters string) bool { return strings.ContainsAny(s.Permissions, letters) }
	ofAccount := s.Types != ""
	switch {
	case s.Expires != 0 && s.Expires < now.Unix():
		p.Fail(a, required, current, "the shared access signature has ended on %s", day(s.Expires))
	case s.Starts > now.Add(5*time.Minute).Unix():
		p.Fail(a, required, current, "the shared access signature begins on %s only", day(s.Starts))
	case s.Policy != "":
		p.Unknown(a, required, "the container keeps its rights and dates, in the policy "+s.Policy)
	case ofAccount && !(strings.Contains(s.Services, "b") && strings.Contains(s.Types, "o")):
		p.Fail(a, required, current+", for "+s.Services+" and "+s.Types, "the shared access signature is not for blobs: ss=%s, srt=%s", s.Services, s.Types)
	case !has("r") || !has("wc"):
		p.Fail(a, required, current, "the shared access signature allows %q, and Druid reads (r) and writes (w or c)", s.Permissions)
	case !ofAccount, !strings.Contains(s.Types, "c"):
		p.Warn(a, required, current+", and not for containers", "the shared access signature may not make containers, which Druid asks for before it writes: --probe-writes tries it")
	case !has("d") || !has("l"):
		p.Warn(a, required, current, "the shared access signature allows %q: to delete segments and logs takes d and l", s.Permissions)
	case s.Expires != 0 && s.Expires < now.Add(soon).Unix():
		p.Warn(a, required, current, "the shared access signature ends on %s", day(s.Expires))
	default:
		p.Pass(a, required, current)
	}
}

var liveAzureWrite = &Check{
	Rule: rules.Rule{
		ID: "live-azure-write", Severity: finding.Error,
		Title:  "A blob cannot be put below the prefix of deep storage in Azure, or not be read or deleted again.",
		Why:    "With --probe-writes a blob .implycheck-* of 21 bytes is put, read and deleted, in a container that is there. Then the container is asked for as Druid does before it writes: from 29 on it asks to make it, which a container that is there answers with 409, and earlier for its properties.",
		Effect: "Tasks cannot publish their segments, Historicals cannot load them, or they are never deleted.",
		Fix:    "Give the identity the role Storage Blob Data Contributor, or the signature of an account the rights rwdlac for containers and objects.",
		Source: "the attempt itself; AzureStorage.java, 28 (getOrCreateCloudBlobContainer), 29 and 38 (createBlobContainerIfNotExists)",
	},
	Needs: func(p *Pass) []Need { return p.writing(p.buckets(azure)) },
	Known: func(p *Pass, a Asked) { azure.judgeWrite(p, a) },
}
