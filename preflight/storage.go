package preflight

import (
	"cmp"
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

// s3 is Amazon's, or one that speaks as it does. Whether it can be reached is asked with
// the rest.
var s3 = &objects{
	kind: "s3", asked: "s3", bucket: "bucket", others: (*Pass).s3aNeeds, login: (*Pass).s3Login, own: (*Pass).s3Own, unlisted: []string{"AccessDenied"},
}

func (p *Pass) s3Login(q *facts.Store) (skip string) {
	get := func(key string) conf.Value { return p.Tree.Shared(key) }
	q.Endpoint = s3Endpoint(get("druid.s3.endpoint.url"), get("druid.s3.protocol").Text)
	q.Region = cmp.Or(get("druid.s3.endpoint.signingRegion").Text, p.property("aws.region"))
	q.PathStyle = isTrue(get("druid.s3.enablePathStyleAccess").Text)
	q.WebIdentity = !p.before(24) // #12482
	q.Encryption = s3Encryption(p.read("druid.storage.sse.type").Text)
	q.KeyID = p.read("druid.storage.sse.kms.keyId").Text
	var told [2]bool
	q.AccessKey, told[0] = secretOf(get("druid.s3.accessKey"))
	q.Secret, told[1] = secretOf(get("druid.s3.secretKey"))
	if file := get("druid.s3.fileSessionCredentials"); usable(file) {
		q.File = p.path(file.Text)
	}
	secret := "aws.secretKey"
	if p.releases().Oldest() >= 37 { // the second SDK, #18891
		secret = "aws.secretAccessKey"
	}
	q.JavaKey, q.JavaSecret = facts.Secret{Text: p.property("aws.accessKeyId")}, facts.Secret{Text: p.property(secret)}
	switch {
	case usable(get("druid.s3.proxy.host")):
		return "S3 is reached through druid.s3.proxy.host, and this program uses no proxy"
	case !told[0] || !told[1]:
		return elsewhere
	}
	return ""
}

// s3Encryption is what Amazon calls druid.storage.sse.type (S3ServerSideEncryption and
// KmsServerSideEncryption.java): a bucket may refuse what is not encrypted.
func s3Encryption(kind string) string {
	switch kind {
	case "s3":
		return "AES256"
	case "kms":
		return "aws:kms"
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

var liveS3Access = &Check{
	Rule: rules.Rule{
		ID: "live-s3-access", Severity: finding.Error,
		Title:  "The bucket is not there, or these credentials may not use it.",
		Why:    "Druid takes the keys of the configuration, else a file, the environment, properties of Java, a web identity, a profile, or the role of the container or machine: this check looks in the same order, with the environment and the rights of the user that runs it.",
		Effect: "AccessDenied, InvalidAccessKeyId or NoSuchBucket: tasks cannot push segments, and Historicals cannot load them.",
		Fix:    "Mend bucket, keys, or the policy of the role: it needs s3:ListBucket, GetObject, PutObject and DeleteObject.",
		Source: "extensions-core/s3-extensions: cloud/aws-common/src/main/java/org/apache/druid/common/aws/AWSCredentialsUtils.java:33-44, 38; apache/druid#10541 and #12482 (a web identity, from 24 on); gofakes3 and s3rver, run",
	},
	Needs: func(p *Pass) []Need { return p.looked(s3) },
	Each:  func(p *Pass, a Asked) { s3.judgeAccess(p, a) },
}

// s3Own knows what Amazon says of clocks and regions.
func (p *Pass) s3Own(a Asked, required, current string) bool {
	switch s := a.Store; {
	case s == nil:
		return false
	case s.Code == "RequestTimeTooSkewed":
		p.Fail(a, required, current, "the store refuses the signature: this clock is too far off")
	case otherRegion(s):
		p.Unknown(a, required, fmt.Sprintf("the bucket is of another region (%s): see live-s3-region", s.Region))
	default:
		return false
	}
	return true
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
	Needs: func(p *Pass) []Need { return p.looked(s3) },
	Known: func(p *Pass, a Asked) {
		s, want := a.Store, a.Question.Store.Region
		if s.List != 200 && s.Region == "" {
			p.Unknown(a, "", strings.TrimSpace("the store answers "+said(s))+": see live-s3-access")
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
	Needs: func(p *Pass) []Need { return p.writing(p.buckets(s3)) },
	Known: func(p *Pass, a Asked) { s3.judgeWrite(p, a) },
}

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
			isStore := o.process == "HDFS namenode" || slices.ContainsFunc(objectStores, func(s *objects) bool { return s.listens == o.process })
			return isStore && !p.asks(o.process) && !slices.ContainsFunc(known, isKnown)
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
