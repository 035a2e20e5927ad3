package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Rules about S3 endpoints that are not the ones that the SDK knows by itself.
func s3EndpointRules() []*Rule { return []*Rule{s3PathStyle, s3Partition} }

// endpoint is the host of a process's S3 endpoint, in small letters.
func endpoint(s *conf.Service) (string, conf.Value, bool) {
	v := s.Get("druid.s3.endpoint.url")
	if missing(v) || !v.Known() {
		return "", v, false
	}
	_, rest, ok := strings.Cut(v.Text, "://")
	if !ok {
		rest = v.Text
	}
	rest, _, _ = strings.Cut(rest, "/")
	if host, _, ok := text.SplitHostPort(rest); ok {
		rest = host
	}
	return strings.ToLower(strings.Trim(rest, "[].")), v, rest != ""
}

// private are the ends of names that only one network knows. Nobody gives each
// bucket a name there unless he has set up a wildcard.
var private = []string{".lan", ".local", ".internal", ".svc", ".home", ".corp", ".intra", ".intranet", ".localdomain", ".test", ".private", ".cluster"}

// perBucket reports whether an endpoint can hardly have a name for each bucket.
func perBucket(host string) bool {
	if _, ok := text.ParseIP(host); ok {
		return true // the SDK itself then writes the bucket into the path
	}
	return strings.Contains(host, ".") && !slices.ContainsFunc(private, func(end string) bool { return strings.HasSuffix(host, end) })
}

var s3PathStyle = &Rule{
	ID: "ds-s3-path-style", Severity: finding.Warning, Area: DeepStorage, Releases: schema.Range{From: 13},
	Title:  "A store like S3 that is asked for a host per bucket.",
	Why:    "The SDK calls bucket.endpoint unless it is told to write the bucket into the path; stores in one's own network, such as MinIO and Ceph, seldom have such names.",
	Effect: "java.net.UnknownHostException: <bucket>.<endpoint>, in each task that pushes and each Historical that loads.",
	Fix:    "Set druid.s3.enablePathStyleAccess=true, unless every bucket has a name of its own there.",
	Source: "extensions-core/s3-extensions/src/main/java/org/apache/druid/storage/s3/S3StorageDruidModule.java (withPathStyleAccessEnabled), 0.15.1 to 38; apache/druid#10263",
	Check: func(p *Pass) {
		for _, s := range p.s3Users() {
			host, v, ok := endpoint(s)
			style := s.Get("druid.s3.enablePathStyleAccess")
			if !ok || perBucket(host) || !style.Known() || strings.EqualFold(style.Text, "true") {
				continue
			}
			f := p.Report(Val(v), "buckets are looked for as <bucket>.%s: druid.s3.enablePathStyleAccess is not true", host)
			if style.Set {
				relate(f, Val(style), "switched off here")
			}
		}
	},
}

// s3Users are the processes that keep segments or logs in S3.
func (p *Pass) s3Users() []*conf.Service {
	list := p.stores("s3", "s3_zip")
	for _, s := range p.loggers() {
		if s.Get(logsTypeKey).Is("s3") && s.Get(logsTypeKey).Set && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

var s3Partition = &Rule{
	ID: "ds-s3-other-partition", Severity: finding.Warning, Area: DeepStorage, Releases: schema.Range{From: 13},
	Title:  "S3 in China or for governments, without its region.",
	Why:    "AWS keeps these regions apart from all others; requests must be signed for them, and the SDK takes the region from a setting, a -D flag or the environment.",
	Effect: "Requests are refused: InvalidAccessKeyId, or The authorization header is malformed; the region ... is wrong; without any region: Unable to find a region via the region provider chain.",
	Fix:    "Set druid.s3.endpoint.signingRegion, or -Daws.region in every jvm.config and in druid.indexer.runner.javaOpts.",
	Source: "docs/development/extensions-core/s3.md (the AWS SDK requires that the target region be specified), 0.15.1; apache/druid#8101",
	Check: func(p *Pass) {
		for _, s := range p.s3Users() {
			host, v, ok := endpoint(s)
			if !ok || !strings.HasSuffix(host, ".amazonaws.com.cn") && !strings.Contains(host, "us-gov-") || !missing(s.Get("druid.s3.endpoint.signingRegion")) {
				continue
			}
			if s.JVM != nil {
				if _, given := (java{flags: s.JVM.SureFlags()}).property("aws.region"); given {
					continue
				}
			}
			p.Report(Val(v), "%s is in a part of AWS of its own, and its region is not set", host)
		}
	},
}
