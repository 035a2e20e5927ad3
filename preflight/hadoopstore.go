package preflight

import (
	"net/url"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/preflight/facts"
)

// s3aNeeds ask for a bucket that segments go to through Hadoop: druid.storage.type is
// hdfs, and the folder s3a://bucket/prefix. Its keys are in Hadoop's files.
func (p *Pass) s3aNeeds() []Need {
	v := p.Tree.Shared("druid.storage.storageDirectory")
	u, err := url.Parse(v.Text)
	if !p.Tree.Shared("druid.storage.type").Is("hdfs") || !usable(v) || err != nil || u.Scheme != "s3a" || u.Host == "" {
		return nil
	}
	get := p.hadoop()
	q := facts.Store{
		Kind: "s3", Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Region: get["fs.s3a.endpoint.region"],
		PathStyle: isTrue(get["fs.s3a.path.style.access"]), AccessKey: facts.Secret{Text: get["fs.s3a.access.key"]}, Secret: facts.Secret{Text: get["fs.s3a.secret.key"]},
	}
	q.Endpoint = s3aEndpoint(get)
	n := Need{Target: "s3a://" + q.Bucket + "/" + q.Prefix, At: p.at(nil, v), Note: "segments", Question: facts.Question{Name: "s3a " + q.Bucket + "/" + q.Prefix, Store: &q}}
	tryIt := ", which only Hadoop reads: try hadoop fs -ls " + v.Text
	switch provider := get["fs.s3a.security.credential.provider.path"] + get["hadoop.security.credential.provider.path"]; {
	case provider != "":
		n.Skip = "the keys are in a credential provider of Hadoop (" + provider + ")" + tryIt
	case get["fs.s3a.bucket."+q.Bucket+".access.key"] != "" || get["fs.s3a.aws.credentials.provider"] != "":
		n.Skip = "core-site.xml has settings for this bucket or a provider of credentials" + tryIt
	case !q.AccessKey.Known() || !q.Secret.Known():
		n.Skip = "core-site.xml has no fs.s3a.access.key and fs.s3a.secret.key; Hadoop looks for keys in its own order" + tryIt
	}
	return []Need{n}
}

// s3aEndpoint is where S3A connects to: with https unless it says otherwise, or its
// address does (DefaultS3ClientFactory.java).
func s3aEndpoint(get map[string]string) string {
	endpoint := get["fs.s3a.endpoint"]
	switch {
	case endpoint == "", strings.Contains(endpoint, "://"):
		return endpoint
	case strings.EqualFold(get["fs.s3a.connection.ssl.enabled"], "false"):
		return "http://" + endpoint
	}
	return "https://" + endpoint
}

// hadoop are the properties in Hadoop's files by their names; the last one counts.
func (p *Pass) hadoop() map[string]string {
	list := map[string]string{}
	for _, f := range p.Tree.Readable(conf.HadoopXML) {
		for _, property := range syntax.HadoopProperties(f.XML) {
			list[property.Name] = strings.TrimSpace(property.Value)
		}
	}
	return list
}
