package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// s3Keys are the names of credentials that Hadoop does not read, since each of its clients
// of S3 has names of its own, and those that it reads.
var s3Keys = []struct{ wrong, right string }{
	{"fs.s3n.access.key", "fs.s3n.awsAccessKeyId"},
	{"fs.s3n.secret.key", "fs.s3n.awsSecretAccessKey"},
	{"fs.s3a.awsAccessKeyId", "fs.s3a.access.key"},
	{"fs.s3a.awsSecretAccessKey", "fs.s3a.secret.key"},
}

var hadoopS3Keys = &Rule{
	ID: "hadoop-s3-keys", Severity: finding.Warning, Area: Hadoop,
	Title:  "Credentials of S3 under the names of another client.",
	Why:    "Hadoop has had several clients of S3. The one for s3n:// reads awsAccessKeyId and awsSecretAccessKey, the one for s3a:// access.key and secret.key, each below the name of its scheme.",
	Effect: "Hadoop ignores the lines. Where it finds no other credentials, tasks that read or write there fail: AWS Access Key ID and Secret Access Key must be specified, or No AWS Credentials provided.",
	Fix:    "Write fs.s3n.awsAccessKeyId and fs.s3n.awsSecretAccessKey, or fs.s3a.access.key and fs.s3a.secret.key.",
	Source: "org.apache.hadoop.fs.s3.S3Credentials and org.apache.hadoop.fs.s3a.Constants of hadoop-aws 2.8.3; apache/druid#4977",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.HadoopXML) {
			if f.XML == nil {
				continue
			}
			for _, key := range s3Keys {
				_, at, wrong := hadoopProperty(f, key.wrong)
				if _, _, right := hadoopProperty(f, key.right); wrong && !right {
					found := p.Report(At(f, at), "Hadoop reads %s, and not %s", key.right, key.wrong)
					found.Suggestion = key.right
					found.Help = "Write " + key.right + "."
				}
			}
		}
	},
}
