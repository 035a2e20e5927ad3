package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func storageChecks() []*Check {
	return []*Check{liveS3Access, liveS3Region, liveS3Write, liveStoreReach}
}

// buckets are the uses that Druid makes of S3, and what names the bucket of each.
var buckets = []struct{ kind, bucket, prefix, use string }{
	{"druid.storage.type", "druid.storage.bucket", "druid.storage.baseKey", "segments"},
	{"druid.indexer.logs.type", "druid.indexer.logs.s3Bucket", "druid.indexer.logs.s3Prefix", "task logs"},
}

// s3Store asks for a bucket; false where the tree keeps nothing in S3.
func (p *Pass) s3Store(kindKey, bucketKey string) (Need, bool) {
	kind, bucket := p.Tree.Shared(kindKey), p.Tree.Shared(bucketKey)
	if !kind.Known() || kind.Text != "s3" && kind.Text != "s3_zip" || !usable(bucket) {
		return Need{}, false
	}
	get := func(key string) conf.Value { return p.Tree.Shared(key) }
	q := facts.Store{
		Kind: "s3", Bucket: bucket.Text, Region: get("druid.s3.endpoint.signingRegion").Text,
		PathStyle: strings.EqualFold(get("druid.s3.enablePathStyleAccess").Text, "true"),
	}
	q.Endpoint = s3Endpoint(get("druid.s3.endpoint.url"), get("druid.s3.protocol").Text)
	if q.Region == "" {
		q.Region = p.awsRegion()
	}
	q.WebIdentity = p.Tree.Target.Release >= 24 || !p.Tree.Told // #12482
	var told [2]bool
	q.AccessKey, told[0] = secretOf(get("druid.s3.accessKey"))
	q.Secret, told[1] = secretOf(get("druid.s3.secretKey"))
	if file := get("druid.s3.fileSessionCredentials"); usable(file) {
		q.File = p.path(file.Text)
	}
	for _, s := range p.Services {
		if key, ok := property(s, "aws.accessKeyId"); ok {
			secret, _ := property(s, "aws.secretKey")
			q.JavaKey, q.JavaSecret = facts.Secret{Text: key.Value}, facts.Secret{Text: secret.Value}
		}
	}
	n := Need{Target: "s3://" + q.Bucket, At: p.at(nil, bucket)}
	if !told[0] || !told[1] {
		n.Skip = elsewhere
	}
	if usable(get("druid.s3.proxy.host")) {
		n.Skip = "S3 is reached through druid.s3.proxy.host, and this program uses no proxy"
	}
	n.Question = facts.Question{Name: "s3 " + q.Bucket, Store: &q}
	return n, true
}

// awsRegion is that of -Daws.region, as the SDK of Java takes it.
func (p *Pass) awsRegion() string {
	for _, s := range p.Services {
		if f, ok := property(s, "aws.region"); ok {
			return f.Value
		}
	}
	return ""
}

// s3Endpoint is a URL: an endpoint without a scheme is reached by druid.s3.protocol,
// which is https unless it says otherwise.
func s3Endpoint(v conf.Value, protocol string) string {
	if !usable(v) {
		return ""
	}
	if strings.Contains(v.Text, "://") {
		return strings.TrimSuffix(v.Text, "/")
	}
	if protocol == "" {
		protocol = "https"
	}
	return protocol + "://" + strings.TrimSuffix(v.Text, "/")
}

// s3Needs are those of all buckets that processes of this host use.
func (p *Pass) s3Needs(probe bool) []Need {
	if len(p.plays("historical", "middleManager", "indexer", "overlord", "coordinator")) == 0 {
		return nil
	}
	var list []Need
	if n, ok := p.s3aStore(); ok && !probe {
		list = append(list, n)
	}
	for _, b := range buckets {
		n, ok := p.s3Store(b.kind, b.bucket)
		if !ok {
			continue
		}
		prefix := strings.Trim(p.Tree.Shared(b.prefix).Text, "/")
		n.Store.Prefix, n.Store.Probe = prefix, probe
		n.Target += "/" + prefix
		n.Note = b.use
		n.Question.Name = strings.TrimSpace(fmt.Sprintf("s3 %s/%s %s", n.Store.Bucket, prefix, map[bool]string{true: "writing"}[probe]))
		list = append(list, n)
	}
	return list
}

var liveS3Access = &Check{
	Rule: rules.Rule{
		ID: "live-s3-access", Severity: finding.Error,
		Title:  "The bucket is not there, or these credentials may not use it.",
		Why:    "Druid takes the keys of the configuration, else a file, the environment, properties of Java, a web identity, a profile, or the role of the container or machine: this check looks in the same order, with the environment and the rights of the user that runs it.",
		Effect: "AccessDenied, InvalidAccessKeyId or NoSuchBucket: tasks cannot push segments, and Historicals cannot load them.",
		Fix:    "Mend bucket, keys, or the policy of the role: it needs s3:ListBucket, GetObject, PutObject and DeleteObject.",
		Source: "extensions-core/s3-extensions: cloud/aws-common/src/main/java/org/apache/druid/common/aws/AWSCredentialsUtils.java:33-44, 38; apache/druid#10541 and #12482 (a web identity, from 24 on); gofakes3 and s3rver, run",
	},
	Needs: func(p *Pass) []Need { return p.s3Needs(false) },
	Each:  judgeS3,
}

func judgeS3(p *Pass, a Asked) {
	required := "may be listed, for " + a.Note
	if a.Problem.Has(facts.Rejected, facts.Missing) {
		p.Fail(a, required, a.Problem.Text, "the credentials for %s cannot be used: %s", a.Target, a.Problem.Text)
		return
	}
	if a.Problem.Has(facts.NoName, facts.Refused, facts.Unreachable) {
		p.Fail(a, required, a.Problem.Text, "%s cannot be reached: %s", a.Target, a.Problem.Text)
		return
	}
	if a.Problem != nil {
		p.Unknown(a, required, a.Problem.Text)
		return
	}
	s := a.Store
	current := fmt.Sprintf("%d %s, credentials of %s", s.List, s.Code, s.Credentials)
	switch {
	case s.List == 200:
		p.Pass(a, required, "may be listed, credentials of "+s.Credentials)
	case s.Code == "RequestTimeTooSkewed":
		p.Fail(a, required, current, "the store refuses the signature: this clock is too far off")
	case s.List == 404 || s.Head == 404:
		p.Fail(a, required, current, "there is no bucket %s", a.Question.Store.Bucket)
	case s.List == 403 && (s.Head == 200 || s.Code == "AccessDenied"):
		p.Warn(a, required, current, "%s may not be listed with the credentials of %s: some tasks need that to find files, and whether segments can be read and written is not known", a.Target, s.Credentials)
	case otherRegion(s):
		p.Unknown(a, required, fmt.Sprintf("the bucket is of another region (%s): see live-s3-region", s.Region))
	case s.List == 401 || s.List == 403 || strings.Contains(s.Code, "Token"):
		p.Fail(a, required, current, "%s refuses the credentials of %s: %s", a.Target, s.Credentials, strings.TrimSpace(s.Code+" "+s.Message))
	default:
		p.Unknown(a, required, fmt.Sprintf("the store answers %d %s", s.List, s.Code))
	}
}

// otherRegion reports whether the store says that the bucket is of another region.
func otherRegion(s *facts.Bucket) bool {
	return s.List == 301 || s.List == 307 || s.Code == "AuthorizationHeaderMalformed"
}

var liveS3Region = &Check{
	Rule: rules.Rule{
		ID: "live-s3-region", Severity: finding.Error,
		Title:  "The bucket is of another region than requests are signed for.",
		Why:    "A signature names a region, and S3 takes it for that of the bucket only. The SDK finds the region of a bucket by itself in some releases.",
		Effect: "AuthorizationHeaderMalformed or PermanentRedirect, at the first segment.",
		Fix:    "Set druid.s3.endpoint.url and druid.s3.endpoint.signingRegion to the bucket's region.",
		Source: "Amazon S3, API: HeadBucket (x-amz-bucket-region) and PermanentRedirect",
	},
	Needs: func(p *Pass) []Need { return p.s3Needs(false) },
	Each: func(p *Pass, a Asked) {
		if a.Problem != nil {
			p.Unknown(a, "", a.Problem.Text)
			return
		}
		s, want := a.Store, a.Question.Store.Region
		if s.List != 200 && s.Region == "" {
			p.Unknown(a, "", strings.TrimSpace(fmt.Sprintf("the store answers %d %s", s.List, s.Code))+": see live-s3-access")
			return
		}
		required := want
		if required == "" {
			required = "any: no signing region is set"
		}
		wrong := otherRegion(s)
		switch {
		case wrong && want != "":
			p.Fail(a, required, s.Region, "bucket %s is in %s, and requests are signed for %s", a.Question.Store.Bucket, s.Region, want)
		case wrong:
			p.Warn(a, required, s.Region, "bucket %s is in %s, and no region is configured", a.Question.Store.Bucket, s.Region)
		case s.Region == "":
			p.Pass(a, required, "the store tells none")
		case want != "" && s.Region != want:
			p.Warn(a, required, s.Region, "bucket %s is in %s, and requests are signed for %s", a.Question.Store.Bucket, s.Region, want)
		default:
			p.Pass(a, required, s.Region)
		}
	},
}

var liveS3Write = &Check{
	Rule: rules.Rule{
		ID: "live-s3-write", Severity: finding.Error,
		Title:  "An object cannot be put below the prefix of deep storage, or not be read or deleted again.",
		Why:    "With --probe-writes an object .implycheck-* of 21 bytes is put, read and deleted: a policy may allow to list and not to write.",
		Effect: "Tasks cannot publish their segments, Historicals cannot load them, or they are never deleted.",
		Fix:    "Allow s3:PutObject, s3:GetObject and s3:DeleteObject below the prefix.",
		Source: "the attempt itself",
	},
	Needs: func(p *Pass) []Need {
		if !p.Probe {
			return nil
		}
		return p.s3Needs(true)
	},
	Known: judgeWrite,
}

// judgeWrite judges an object that was put, read and deleted, in any store.
func judgeWrite(p *Pass, a Asked) {
	s := a.Store
	const required = "an object can be put, read and deleted"
	switch {
	case s.Left != "":
		p.Fail(a, required, s.WriteError, "%s was written and could not be deleted: delete it by hand", s.Left)
	case s.WriteError != "" && s.Wrote == "":
		p.Fail(a, required, s.WriteError, "no object can be written: %s", s.WriteError)
	case s.WriteError != "":
		p.Fail(a, required, s.WriteError, "an object was written and deleted, and not all that Druid does is allowed: %s", s.WriteError)
	case s.Wrote == "":
		p.Unknown(a, required, strings.TrimSpace(fmt.Sprintf("the bucket cannot be listed (%d %s", s.List, s.Code))+"), so nothing was written")
	default:
		p.Pass(a, required, "wrote "+s.Wrote+", read and deleted it")
	}
}

// otherStores are deep storages of which nothing more may be known than that something
// listens: those that the clients here cannot log in to, or are not asked.
var otherStores = []string{"Google Cloud Storage", "Azure Storage", "HDFS namenode"}

var liveStoreReach = &Check{
	Rule: rules.Rule{
		ID: "live-storage-reach", Severity: finding.Error,
		Title:  "The servers of a deep storage that is not asked for more cannot be reached.",
		Why:    "Tasks write segments there, and Historicals read them. HDFS, Azure and Google Cloud Storage are asked for rights, too, and are looked at here only where that is not possible.",
		Effect: "Connection refused or timed out, at the first segment.",
		Fix:    "Open the way to it, or mend its address: for HDFS core-site.xml and hdfs-site.xml.",
		Source: "a connection over TCP",
	},
	Needs: func(p *Pass) []Need {
		known := p.askedNameNodes()
		return p.reachNeeds(func(o outside) bool {
			isKnown := func(address string) bool { return strings.EqualFold(address, o.address()) }
			return slices.Contains(otherStores, o.process) && !p.asks(o.process) && !slices.ContainsFunc(known, isKnown)
		})
	},
	Judge: func(p *Pass, asked []Asked) {
		for _, a := range asked {
			other := slices.ContainsFunc(asked, func(o Asked) bool { return o.Problem == nil && o.Note == a.Note })
			if a.unreached() && other && !a.cutOff() {
				p.Warn(a, "reachable", a.Problem.Text, "%s %s cannot be reached: %s; another can", a.Note, a.Target, a.Problem.Text)
				continue
			}
			p.judgeReach(a, a.Note+" "+a.Target)
		}
	},
}
