package preflight_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// s3Server is a store with a bucket, behind what a test wants of it.
func s3Server(t *testing.T, wrap func(http.Handler) http.Handler) (url string, backend *s3mem.Backend) {
	t.Helper()
	backend = s3mem.New()
	require.NoError(t, backend.CreateBucket("meadow"))
	handler := http.Handler(gofakes3.New(backend).Server())
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL, backend
}

// common is the file that all processes read.
const common = "conf/druid/_common/common.runtime.properties"

// withS3 is a cluster that keeps its segments there.
func withS3(t *testing.T, endpoint, bucket string) *setup {
	t.Helper()
	return newSetup(t, fmt.Sprintf("druid.storage.type=s3\ndruid.storage.bucket=%s\ndruid.storage.baseKey=druid/segments\ndruid.s3.accessKey=AKEXAMPLE\n"+
		"druid.s3.secretKey=verysecret77\ndruid.s3.enablePathStyleAccess=true\ndruid.s3.endpoint.url=%s\ndruid.s3.endpoint.signingRegion=eu-central-1\n", bucket, endpoint))
}

func TestS3(t *testing.T) {
	t.Parallel()
	url, backend := s3Server(t, nil)
	r := withS3(t, url, "meadow").run(t, "live-s3-*", "live-clock-offset")
	requireOne(t, r, "live-s3-access", finding.Pass, "may be listed, credentials of the configuration")
	requireOne(t, r, "live-s3-region", finding.Pass, "")
	requireOne(t, r, "live-clock-offset", finding.Pass, "±")
	require.Empty(t, rows(r, "live-s3-write"))

	r = withS3(t, url, "prairie").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Fail, "404")

	s := withS3(t, url, "meadow")
	s.o.ProbeWrites = true
	r = s.run(t, "live-s3-write")
	requireOne(t, r, "live-s3-write", finding.Pass, "wrote meadow/druid/segments/.implycheck-")
	list, err := backend.ListBucket("meadow", nil, gofakes3.ListBucketPage{})
	require.NoError(t, err)
	require.Empty(t, list.Contents, "what was written is gone")

	free := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	r = withS3(t, free, "meadow").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Fail, "refused")
}

func TestS3Credentials(t *testing.T) {
	url, _ := s3Server(t, nil)
	s := withS3(t, url, "meadow")
	lines := strings.ReplaceAll(strings.ReplaceAll(s.files[common], "druid.s3.accessKey=AKEXAMPLE\n", ""), "druid.s3.secretKey=verysecret77\n", "")
	s.files[common] = lines
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("HOME", t.TempDir())
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "neither the configuration")
	s.files["conf/druid/historical/jvm.config"] += "-Daws.accessKeyId=AKJAVA\n-Daws.secretKey=fromjava99\n"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Pass, "the properties of Java")
	for target, want := range map[string]finding.Verdict{"druid-36": finding.Pass, "druid-37": finding.CannotSay} { // whose SDK calls it otherwise
		s.target = target
		requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", want, "")
	}
	s.files["conf/druid/historical/jvm.config"] += "-Daws.secretAccessKey=fromjava99\n"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Pass, "the properties of Java")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "fromenv999")
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Pass, "the environment")
	s.files[common] = lines + "druid.s3.fileSessionCredentials=aws.properties\n"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Fail, "aws.properties")
	s.files["aws.properties"] = "sessionToken=t\naccessKey=AKFILE\nsecretKey=fromfile99\n"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Pass, "aws.properties")
}

// A bucket that takes nothing that is not encrypted: what is put is so as Druid's is.
func TestS3Encryption(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]string{
		"": " ", "druid.storage.sse.type=s3\n": "AES256 ", "druid.storage.sse.type=kms\ndruid.storage.sse.kms.keyId=key7\n": "aws:kms key7",
		"druid.storage.sse.type=custom\n": " ",
	} {
		put := make(chan string, 1)
		url, _ := s3Server(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if h := r.Header; r.Method == http.MethodPut {
					put <- h.Get("X-Amz-Server-Side-Encryption") + " " + h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
				}
				next.ServeHTTP(w, r)
			})
		})
		s := withS3(t, url, "meadow")
		s.files[common] += lines
		s.o.ProbeWrites = true
		requireOne(t, s.run(t, "live-s3-write"), "live-s3-write", finding.Pass, "wrote meadow")
		require.Equal(t, want, <-put)
	}
}

// A store that repeats what it is sent gives the token of the environment to nobody.
func TestS3Repeats(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>InvalidToken</Code><Message>%s is not valid</Message></Error>", r.Header.Get("X-Amz-Security-Token"))
	}))
	t.Cleanup(server.Close)
	s := withS3(t, server.URL, "meadow")
	s.files[common] = strings.ReplaceAll(strings.ReplaceAll(s.files[common], "druid.s3.accessKey=AKEXAMPLE\n", ""), "druid.s3.secretKey=verysecret77\n", "")
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "fromenv999", "AWS_SESSION_TOKEN": "session-of-meadow-7"} {
		t.Setenv(name, value)
	}
	r := s.run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Fail, "InvalidToken")
	require.NotContains(t, hiddenIn(r), "session-of-meadow-7")
}

// A role's keys, which Amazon gives for the token of a pod.
func TestS3WebIdentity(t *testing.T) {
	var said string
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("RoleArn") != "arn:aws:iam::1:role/herd" || r.FormValue("WebIdentityToken") != "token-of-the-pod" {
			t.Errorf("asked for %v", r.Form)
		}
		if said != "" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>So it is.</Message></Error></ErrorResponse>", said)
			return
		}
		fmt.Fprint(w, "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAMEADOW</AccessKeyId>"+
			"<SecretAccessKey>role-secret-7</SecretAccessKey><SessionToken>session-of-7</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
	}))
	t.Cleanup(sts.Close)
	url, _ := s3Server(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Authorization"), "Credential=ASIAMEADOW/") || r.Header.Get("X-Amz-Security-Token") != "session-of-7" {
				t.Errorf("%s %s is not signed by the role", r.Method, r.URL)
			}
			next.ServeHTTP(w, r)
		})
	})
	s := withS3(t, url, "meadow")
	s.files[common] = strings.ReplaceAll(strings.ReplaceAll(s.files[common], "druid.s3.accessKey=AKEXAMPLE\n", ""), "druid.s3.secretKey=verysecret77\n", "")
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "HOME": t.TempDir(), "AWS_ENDPOINT_URL_STS": sts.URL, "AWS_ROLE_ARN": "arn:aws:iam::1:role/herd",
		"AWS_WEB_IDENTITY_TOKEN_FILE": passwordFile(t, t.TempDir(), "token-of-the-pod"),
	} {
		t.Setenv(name, value)
	}
	r := s.run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Pass, "credentials of the web identity's role arn:aws:iam::1:role/herd")
	require.NotContains(t, hiddenIn(r), "role-secret-7")
	s.target = "druid-0.23"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "neither the configuration") // which does not know it
	s.target, said = "", "InvalidIdentityToken"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Fail, "403 InvalidIdentityToken So it is.")
	sts.Close()
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "no keys for the web identity")
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/token")
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "run it in a pod of Druid")
}

// A provider of Hadoop is another's to ask: that is said, with what to do.
func TestS3Elsewhere(t *testing.T) {
	url, _ := s3Server(t, nil)
	property := func(name, value string) string {
		return "<property><name>" + name + "</name><value>" + value + "</value></property>"
	}
	with := func(properties string) *setup {
		s := newSetup(t, "druid.storage.type=hdfs\ndruid.storage.storageDirectory=s3a://meadow/druid\n")
		s.files["conf/druid/_common/core-site.xml"] = "<configuration>" + property("fs.s3a.endpoint", url) + property("fs.s3a.path.style.access", "true") + properties + "</configuration>"
		return s
	}
	keys := property("fs.s3a.access.key", "AKHADOOP") + property("fs.s3a.secret.key", "fromhadoop9")
	requireOne(t, with("").run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "hadoop fs -ls s3a://meadow/druid")
	requireOne(t, with(keys).run(t, "live-s3-access"), "live-s3-access", finding.Pass, "may be listed")
	r := with(keys+property("hadoop.security.credential.provider.path", "jceks://hdfs@nn1/druid.jceks")).run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.CannotSay, "a credential provider of Hadoop")
	require.NotContains(t, hiddenIn(r), "fromhadoop9")
	s := with(keys)
	s.files["conf/druid/_common/common.runtime.properties"] = strings.Replace(s.files[common], "//meadow", "//prairie", 1)
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Fail, "404")
}

// s3Says is a store that says the same to everything.
func s3Says(t *testing.T, status int, header, value, code string) string {
	t.Helper()
	url, _ := s3Server(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" && !strings.Contains(r.Header.Get("Authorization"), "Credential=AKEXAMPLE/") {
				t.Errorf("%s %s is not signed", r.Method, r.URL)
			}
			if header != "" {
				w.Header().Set(header, value)
			}
			w.WriteHeader(status)
			if r.Method != http.MethodHead {
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>so it is</Message></Error>", code)
			}
		})
	})
	return url
}

// What a store of Amazon answers and gofakes3 does not.
func TestS3Refusals(t *testing.T) {
	t.Parallel()
	says := func(status int, header, value, code string) string {
		t.Helper()
		return s3Says(t, status, header, value, code)
	}
	r := withS3(t, says(403, "", "", "InvalidAccessKeyId"), "meadow").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Fail, "InvalidAccessKeyId")
	require.NotContains(t, hiddenIn(r), "verysecret77")
	r = withS3(t, says(403, "", "", "AccessDenied"), "meadow").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.Warn, "AccessDenied") // which a policy says that allows objects and no list
	s := withS3(t, says(200, "", "", ""), "meadow")
	s.files["conf/druid/_common/common.runtime.properties"] += "druid.s3.proxy.host=proxy.example\n"
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.CannotSay, "proxy")
	r = withS3(t, says(403, "", "", "RequestTimeTooSkewed"), "meadow").run(t, "live-s3-access")
	require.True(t, hasFinding(r, "clock is too far off"))
	r = withS3(t, says(301, "X-Amz-Bucket-Region", "us-west-2", "PermanentRedirect"), "meadow").run(t, "live-s3-*")
	requireOne(t, r, "live-s3-region", finding.Fail, "us-west-2")
	requireOne(t, r, "live-s3-access", finding.CannotSay, "us-west-2")
	for _, code := range []string{"ExpiredToken", "InvalidToken", "TokenRefreshRequired"} {
		r = withS3(t, says(400, "", "", code), "meadow").run(t, "live-s3-access", "live-s3-region")
		requireOne(t, r, "live-s3-access", finding.Fail, code)
		requireOne(t, r, "live-s3-region", finding.CannotSay, code)
	}
	r = withS3(t, says(400, "", "", "AuthorizationHeaderMalformed"), "meadow").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.CannotSay, "another region")
	r = withS3(t, says(503, "", "", "SlowDown"), "meadow").run(t, "live-s3-access")
	requireOne(t, r, "live-s3-access", finding.CannotSay, "SlowDown")

	// Listed, and not written; written, and not deleted.
	only := func(methods ...string) string {
		url, _ := s3Server(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, m := range methods {
					if r.Method == m {
						w.WriteHeader(403)
						fmt.Fprint(w, "<Error><Code>AccessDenied</Code></Error>")
						return
					}
				}
				next.ServeHTTP(w, r)
			})
		})
		return url
	}
	s = withS3(t, only(http.MethodPut), "meadow")
	s.o.ProbeWrites = true
	r = s.run(t, "live-s3-write")
	requireOne(t, r, "live-s3-write", finding.Fail, "put meadow/druid/segments/.implycheck-")
	s = withS3(t, only(http.MethodDelete), "meadow")
	s.o.ProbeWrites = true
	r = s.run(t, "live-s3-write")
	require.True(t, hasFinding(r, "delete it by hand"))
	require.Equal(t, 1, r.Failing)
	s = withS3(t, says(403, "", "", "AccessDenied"), "meadow")
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-s3-write"), "live-s3-write", finding.CannotSay, "nothing was written")

	// The clock of the store.
	for off, verdict := range map[time.Duration]finding.Verdict{0: finding.Pass, -20 * time.Second: finding.Warn, 20 * time.Minute: finding.Fail} {
		r := withS3(t, says(200, "Date", time.Now().Add(off).UTC().Format(http.TimeFormat), ""), "meadow").run(t, "live-clock-offset")
		requireOne(t, r, "live-clock-offset", verdict, "")
	}
}

// A store that answers nothing ends with the time, and not before as a pass.
func TestHanging(t *testing.T) {
	t.Parallel()
	address := silentServer(t)
	s := withS3(t, "http://"+address, "meadow")
	s.files["conf/druid/_common/common.runtime.properties"] += "druid.zk.service.enabled=true\ndruid.zk.service.host=" + address + "\n" +
		"druid.metadata.storage.type=postgresql\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://" + address + "/druid\n" +
		"druid.metadata.storage.connector.user=druid\ndruid.metadata.storage.connector.password=rosebud7\n"
	s.o.Timeout = 1500 * time.Millisecond
	begin := time.Now()
	r := s.run(t, "live-s3-access", "live-zk-*", "live-db-*")
	require.Less(t, time.Since(begin), 4*time.Second)
	for _, c := range r.Checks {
		require.Equal(t, finding.CannotSay, c.Verdict, "%+v", c)
	}
	require.GreaterOrEqual(t, len(r.Checks), 10)
	require.Zero(t, r.Failing)

	// With time enough it is ZooKeeper that says nothing, and not we who do not wait.
	s.o.Timeout = 8 * time.Second
	requireOne(t, s.run(t, "live-zk-connect"), "live-zk-connect", finding.Fail, "in time")
}

// silentServer takes connections and says nothing.
func silentServer(t *testing.T) string {
	t.Helper()
	return serve(t, func(conn net.Conn) { t.Cleanup(func() { _ = conn.Close() }) })
}

func TestKafka(t *testing.T) {
	t.Parallel()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(3))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	with := func(servers string) *setup {
		return newSetup(t, "druid.emitter=kafka\ndruid.emitter.kafka.bootstrap.servers="+servers+"\n")
	}
	r := with(cluster.ListenAddrs()[0]).run(t, "live-kafka")
	requireOne(t, r, "live-kafka", finding.Pass, cluster.ListenAddrs()[2])
	r = with(fmt.Sprintf("127.0.0.1:%d", freePort(t))).run(t, "live-kafka")
	requireOne(t, r, "live-kafka", finding.Warn, "refused")
	r = with(silentServer(t)).run(t, "live-kafka")
	require.NotEqual(t, finding.Pass, one(t, r, "live-kafka").Verdict)
	s := with("k1.example:9092")
	s.answers = map[string]facts.Answer{"kafka k1.example:9092": {Kafka: &facts.Brokers{Brokers: []string{"k1.internal:9092"}, Unreachable: []string{"k1.internal:9092: no such host: k1.internal"}}}}
	requireOne(t, s.run(t, "live-kafka"), "live-kafka", finding.Warn, "k1.internal")
}

// Port 9001 of MinIO is its console, which answers everything with a page.
func TestS3Page(t *testing.T) {
	t.Parallel()
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><html lang=en><head><title>MinIO Console</title></head></html>"))
	}))
	t.Cleanup(console.Close)
	s := newSetup(t, "druid.storage.type=s3\ndruid.storage.bucket=meadow\ndruid.s3.endpoint.url="+console.URL+"\ndruid.s3.enablePathStyleAccess=true\ndruid.s3.accessKey=a\ndruid.s3.secretKey=rosebud7\n")
	s.o.ProbeWrites = true
	r := s.run(t, "live-s3-*")
	requireOne(t, r, "live-s3-access", finding.CannotSay, "is not S3")
	requireOne(t, r, "live-s3-write", finding.CannotSay, "")
}
