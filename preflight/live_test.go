package preflight_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// live is a folder of jars that tools/live/servers.sh has brought: make test-live.
func live(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("IMPLYCHECK_LIVE")
	if dir == "" || testing.Short() {
		t.Skip("make test-live runs the servers that take long")
	}
	lib := filepath.Join(dir, name, "lib")
	require.DirExists(t, lib, "tools/live/servers.sh brings it")
	return lib + "/*"
}

func TestLiveKafka(t *testing.T) {
	jars, java := live(t, "kafka"), program(t, "java")
	dir, port, controller := t.TempDir(), freePort(t), freePort(t)
	require.NoError(t, os.WriteFile(dir+"/server.properties", []byte(fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:%[2]d
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d
controller.listener.names=CONTROLLER
log.dirs=%[3]s/log
offsets.topic.replication.factor=1
`, port, controller, dir)), 0o644))
	run(t, nil, dir, java, "-Xmx128m", "-cp", jars, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", dir+"/server.properties")
	start(t, nil, dir, java, "-Xmx256m", "-cp", jars, "kafka.Kafka", dir+"/server.properties")
	at := listening(t, port)
	s := newSetup(t, "druid.emitter=kafka\ndruid.emitter.kafka.bootstrap.servers="+at+"\n")
	require.Eventually(t, func() bool { return one(t, s.run(t, "live-kafka"), "live-kafka").Verdict == finding.Pass }, 90*time.Second, time.Second)
	requireOne(t, s.run(t, "live-kafka"), "live-kafka", finding.Pass, at)
}

func TestLiveZooKeeper(t *testing.T) {
	jars, java := live(t, "zookeeper"), program(t, "java")
	dir, port := t.TempDir(), freePort(t)
	require.NoError(t, os.WriteFile(dir+"/zoo.cfg", []byte(fmt.Sprintf("tickTime=2000\ndataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n", dir, port)), 0o644))
	start(t, nil, dir, java, "-Xmx128m", "-cp", jars, "org.apache.zookeeper.server.quorum.QuorumPeerMain", dir+"/zoo.cfg")
	at := listening(t, port)
	serving(t, at)
	r := withZooKeeper(t, at, "").run(t, "live-zk-*")
	requireOne(t, r, "live-zk-version", finding.Pass, "3.9.3")
	requireOne(t, r, "live-zk-session", finding.Pass, "30000 ms")
	require.Zero(t, r.Failing)
}

// alone is a server of an ensemble of three without the other two, which has no quorum.
func alone(t *testing.T, jars string) string {
	t.Helper()
	java, dir, port := program(t, "java"), t.TempDir(), freePort(t)
	require.NoError(t, os.WriteFile(dir+"/myid", []byte("1"), 0o644))
	require.NoError(t, os.WriteFile(dir+"/zoo.cfg", []byte(fmt.Sprintf("tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"+
		"server.1=127.0.0.1:%d:%d\nserver.2=127.0.0.1:%d:%d\nserver.3=127.0.0.1:%d:%d\n", dir, port, freePort(t), freePort(t), freePort(t), freePort(t), freePort(t), freePort(t))), 0o644))
	start(t, nil, dir, java, "-Xmx128m", "-cp", jars, "org.apache.zookeeper.server.quorum.QuorumPeerMain", dir+"/zoo.cfg")
	at := listening(t, port)
	require.Eventually(t, func() bool {
		a := answered(t, "", facts.Question{Server: &facts.Server{Address: at}})
		return a.Problem == nil && a.Server.NotServing
	}, 30*time.Second, 200*time.Millisecond)
	return at
}

func TestLiveNoQuorum(t *testing.T) {
	requireOne(t, withZooKeeper(t, alone(t, live(t, "zookeeper")), "").run(t, "live-zk-connect"), "live-zk-connect", finding.Fail, "no quorum")
}

// motoUsers makes a bucket and two users, of whom one may use it.
const motoUsers = `
import boto3, json, sys
access = dict(endpoint_url=sys.argv[1], region_name='eu-central-1', aws_access_key_id='x', aws_secret_access_key='y')
iam = boto3.client('iam', **access)
boto3.client('s3', **access).create_bucket(Bucket='meadow', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
for name in ('clerk', 'guest'):
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)['AccessKey']
    print(key['AccessKeyId'], key['SecretAccessKey'])
policy = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
iam.put_user_policy(UserName='clerk', PolicyName='all', PolicyDocument=json.dumps(policy))
`

// A store that looks at keys, signatures and policies, and says which of them it is.
func TestLiveS3(t *testing.T) {
	python := filepath.Join(os.Getenv("IMPLYCHECK_LIVE"), "moto", "bin", "python")
	if os.Getenv("IMPLYCHECK_LIVE") == "" || testing.Short() {
		t.Skip("make test-live runs the servers that take long")
	}
	dir, port := t.TempDir(), freePort(t)
	t.Setenv("INITIAL_NO_AUTH_ACTION_COUNT", "6") // those of motoUsers
	start(t, nil, dir, python, "-m", "moto.server", "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	url := "http://" + listening(t, port)
	users := strings.Fields(run(t, nil, dir, python, "-c", motoUsers, url))
	require.Len(t, users, 4)
	with := func(key, secret, bucket, region string) *setup { // a prefix with / makes moto, even to boto3, say SignatureDoesNotMatch
		s := withS3(t, url, bucket)
		s.files[common] = strings.NewReplacer("AKEXAMPLE", key, "verysecret77", secret, "eu-central-1", region, "druid/segments", "segments").Replace(s.files[common])
		s.o.ProbeWrites = true
		return s
	}
	for name, c := range map[string]struct {
		key, secret, bucket, region string
		access, writes              finding.Verdict
		says                        string
		of                          finding.Verdict
	}{
		"all is well": {users[0], users[1], "meadow", "eu-central-1", finding.Pass, finding.Pass, "may be listed", finding.Pass},
		"bucket":      {users[0], users[1], "prairie", "eu-central-1", finding.Fail, finding.CannotSay, "NoSuchBucket", finding.CannotSay},
		"secret":      {users[0], "another-secret", "meadow", "eu-central-1", finding.Fail, finding.CannotSay, "SignatureDoesNotMatch", finding.CannotSay},
		"key":         {"AKNOBODY", "another-secret", "meadow", "eu-central-1", finding.Fail, finding.CannotSay, "InvalidAccessKeyId", finding.CannotSay},
		"policy":      {users[2], users[3], "meadow", "eu-central-1", finding.Warn, finding.CannotSay, "AccessDenied", finding.CannotSay},
		"region":      {users[0], users[1], "meadow", "us-west-2", finding.Pass, finding.Pass, "may be listed", finding.Warn},
	} {
		r := with(c.key, c.secret, c.bucket, c.region).run(t, "live-s3-*")
		requireOne(t, r, "live-s3-access", c.access, c.says)
		requireOne(t, r, "live-s3-access", c.access, c.says)
		requireOne(t, r, "live-s3-write", c.writes, "")
		require.Equal(t, c.of, one(t, r, "live-s3-region").Verdict, name)
		require.NotContains(t, hiddenIn(r), c.secret)
	}
}

// The keys of a role for the token of a pod, as a store of tokens gives them.
func TestLiveWebIdentity(t *testing.T) {
	python, dir, port := liveProgram(t, "moto/bin/python"), t.TempDir(), freePort(t)
	start(t, nil, dir, python, "-m", "moto.server", "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	url := "http://" + listening(t, port)
	run(t, nil, dir, python, "-c", motoUsers, url)
	s := withS3(t, url, "meadow")
	s.files[common] = strings.NewReplacer("druid.s3.accessKey=AKEXAMPLE\n", "", "druid.s3.secretKey=verysecret77\n", "").Replace(s.files[common])
	for name, value := range map[string]string{
		"HOME": dir, "AWS_ENDPOINT_URL_STS": url, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/herd", "AWS_WEB_IDENTITY_TOKEN_FILE": passwordFile(t, dir, "token"),
	} {
		t.Setenv(name, value)
	}
	requireOne(t, s.run(t, "live-s3-access"), "live-s3-access", finding.Pass, "the web identity's role arn:aws:iam::123456789012:role/herd")
}
