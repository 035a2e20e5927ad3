package mask_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// hidden are texts, and how they leave the program.
var hidden = []struct{ text, want string }{
	// behind a key
	{"druid.password=hunter2 x", "druid.password=**** x"},
	{"druid.password = 'a b' x", "druid.password = '****' x"},
	{`-Dfoo.password="a b" -Xmx1g`, `-Dfoo.password="****" -Xmx1g`},
	{`-Dfoo.password=a\ b -Xmx1g`, "-Dfoo.password=**** -Xmx1g"},
	{`{"password":"a\"b","user":"x"}`, `{"password":"****","user":"x"}`},
	{`{"password" : 12345, "user":"x"}`, `{"password" : ****, "user":"x"}`},
	{"{\"password\":\n \"a\"}", "{\"password\":\n \"****\"}"},
	{`"{\"password\":\"a b\"}"`, `"{\"password\":\"****\"}"`},
	{`{"connectURI":"jdbc:mysql://h","password":"open`, `{"connectURI":"jdbc:mysql://h","password":"****`},
	{`password="a"b c`, `password=**** c`},
	{"secrets: [a1, b2]", "secrets: [****, ****]"},
	{`{"passwords":["a","b"],"x":"y"}`, `{"passwords":["****","****"],"x":"y"}`},
	{"tokens={a: x1, b: x2}", "tokens={a: ****, b: ****}"},
	{"password := x1", "password := ****"},
	{"password => x1", "password => ****"},
	{"-javaagent:/x.jar=apikey=abc,b=c", "-javaagent:/x.jar=apikey=****,b=c"},
	{`required username="u" password="p w";`, `required username="u" password="****";`},
	{`<SMTP smtpPassword="a" name="x"/>`, `<SMTP smtpPassword="****" name="x"/>`},
	{"Authorization: x1y2z3", "Authorization: ****"},
	{`-H "X-Api-Key: abc"`, `-H "X-Api-Key: ****"`},
	// references, and what they hold
	{"druid.password=${env:X}", "druid.password=${env:X}"},
	{"druid.password=${env:X:-hunter2}", "druid.password=${env:X:-****}"},
	{"druid.password=${X:-hun ter2} y", "druid.password=${X:-****} y"},
	{"druid.password=${X:hunter2}", "druid.password=${X:****}"},
	{"druid.password=${base64Decoder:aHVudGVyMg==}", "druid.password=${base64Decoder:****}"},
	{"druid.password=${file:UTF-8:/run/secrets/x}", "druid.password=${file:UTF-8:/run/secrets/x}"},
	{"druid.password=$DB_PASSWORD", "druid.password=$DB_PASSWORD"},
	{"druid.password={{ vault_password }}", "druid.password={{ vault_password }}"},
	{"druid.password={{ 'hunter2' }}", "druid.password={{ '****' }}"},
	{"druid.password=<password>", "druid.password=<password>"},
	{"druid.password=<hunter2>", "druid.password=****"},
	{"druid.password=@db.password@", "druid.password=@db.password@"},
	{"hadoop.token=false", "hadoop.token=false"},
	{`druid.password={"type":"environment","variable":"DB"}`, `druid.password={"type":"environment","variable":"DB"}`},
	{`druid.password={"type":"default","password":"hunter2"}`, `druid.password={"type":"default","password":"****"}`},
	{`druid.password={"type":"environment","variable":"DB","password":"hunter2"}`, `druid.password={"type":"environment","variable":"DB","password":"****"}`},
	{`druid.password={"type":"environment","variables":{"password":"DB"},"x":"hunter2"}`, `druid.password={"type":"environment","variables":{"password":"DB"},"x":"****"}`},
	{`druid.password={"type":"default","password":"hun`, `druid.password={"type":"default","password":"****`},
	// URLs
	{"jdbc:postgresql://user:p@db/druid", "jdbc:postgresql://user:****@db/druid"},
	{"jdbc:postgresql://user:p/w@db/druid", "jdbc:postgresql://user:****@db/druid"},
	{"jdbc:postgresql://user:p@w@db/druid x@y", "jdbc:postgresql://user:****@db/druid x@y"},
	{"jdbc:postgresql://user:p?w@db/druid", "jdbc:postgresql://user:****@db/druid"},
	{"jdbc:mysql://db/druid?user=x&password=p;w,x&y=z", "jdbc:mysql://db/druid?user=x&password=****;w,x&y=z"},
	{"jdbc:mysql://db/druid?user=x&amp;password=pw&amp;y=z", "jdbc:mysql://db/druid?user=x&amp;password=****&amp;y=z"},
	{"jdbc:sqlserver://db;user=x;pass=p;x=y", "jdbc:sqlserver://db;user=x;pass=****;x=y"},
	{"jdbc:db2://h:5000/db:user=x;password=p;", "jdbc:db2://h:5000/db:user=x;password=****;"},
	{"jdbc:mysql://address=(host=h)(user=x)(password=p)/db", "jdbc:mysql://address=(host=h)(user=x)(password=****)/db"},
	{"jdbc:oracle:thin:scott/tiger@//db:1521/x", "jdbc:oracle:thin:scott/****@//db:1521/x"},
	{"jdbc:oracle:thin:@//db:1521/x", "jdbc:oracle:thin:@//db:1521/x"},
	{"ftp://:pw@h/", "ftp://:****@h/"},
	{"redis://token@h", "redis://****@h"},
	{"https://abc@sentry.io/1", "https://****@sentry.io/1"},
	{"https://ghx:x-oauth-basic@github.com", "https://****:x-oauth-basic@github.com"},
	{"s3n://AK:SK@bucket", "s3n://AK:****@bucket"},
	{"http://x/?token=abc&y=z", "http://x/?token=****&y=z"},
	{"https://b/x?X-Amz-Credential=AK&X-Amz-Signature=ab12", "https://b/x?X-Amz-Credential=****&X-Amz-Signature=****"},
	{"https://a.blob.core.windows.net/c?sv=1&sig=ab%2Bc&se=2", "https://a.blob.core.windows.net/c?sv=1&sig=****&se=2"},
	{"https://hooks.slack.com/services/T0/B0/XXXX", "https://hooks.slack.com/services/****"},
	{"http://u:p@a,http://v:q@b", "http://u:****@a,http://v:****@b"},
	{"user:pw@zk:2181,user:pw2@zk2:2181", "user:****@zk:2181,user:****@zk2:2181"},
	{"server.1=user:pw@h:2888:3888", "server.1=user:****@h:2888:3888"},
	{"DefaultEndpointsProtocol=https;AccountName=x;AccountKey=ab+c==;EndpointSuffix=y", "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=****;EndpointSuffix=y"},
	// flags
	{"x bin/run --token abc -y", "x bin/run --token **** -y"},
	{"--password 'a b' c", "--password '****' c"},
	{"-Djavax.net.ssl.keyStorePassword abc", "-Djavax.net.ssl.keyStorePassword ****"},
	{`["--token", "abc","-y"]`, `["--token", "****","-y"]`},
	{"curl -u user:abc http://x", "curl -u user:**** http://x"},
	{"curl --user 'user:a b' http://x", "curl --user 'user:****' http://x"},
	{"mysql -uroot -pabc db", "mysql -uroot -p**** db"},
	{"sshpass -p abc ssh h", "sshpass -p **** ssh h"},
	{"redis-cli -a abc ping", "redis-cli -a **** ping"},
	{"keytool -storepass abc -alias x", "keytool -storepass **** -alias x"},
	{"-p 8080 --port 80", "-p 8080 --port 80"},
	{"mysql --user=root --password abc db", "mysql --user=root --password **** db"},
	{"sshpass -pabc ssh h", "sshpass -p**** ssh h"},
	{"docker login -u u -p abc r", "docker login -u u -p **** r"},
	{"curl --user=u:abc x", "curl --user=u:**** x"},
	{`curl -H "Authorization: Token abc" x`, `curl -H "Authorization: ****" x`},
	{`{"Cookie":"session=a; b=c"}`, `{"Cookie":"****"}`},
	{`[{"name":"DB_PASSWORD","value":"abc"},{"name":"x","value":"abc"}]`, `[{"name":"DB_PASSWORD","value":"****"},{"name":"x","value":"abc"}]`},
	{`-Dx.password={type:environment,variable:DB}`, `-Dx.password={type:environment,variable:DB}`},
	// XML
	{"<name>fs.s3a.secret.key</name><value>abc</valu>", "<name>fs.s3a.secret.key</name><value>****</valu>"},
	{"<property><value>abc</value><name>fs.s3a.secret.key</name></property>", "<property><value>****</value><name>fs.s3a.secret.key</name></property>"},
	{"<name>x</name><value>abc</value>", "<name>x</name><value>abc</value>"},
	{"<password>\n abc\n</password>", "<password>\n ****\n</password>"},
	{"<password><![CDATA[a<b]]></password>", "<password><![CDATA[****]]></password>"},
	{`<Property name="password">abc</Property>`, `<Property name="password">****</Property>`},
	{`<Property name="dbPassword" value="abc"/>`, `<Property name="dbPassword" value="****"/>`},
	// to its end, whatever it looks like
	{`druid.password=[a]hush7`, `druid.password=****`},
	{`druid.password={"a":"b"}hush7`, `druid.password=****`},
	{`druid.password={"type":"hush7"}`, `druid.password={"type":"****"}`},
	{`x.pass%77ord=hush7 y`, `x.pass%77ord=**** y`},
	{`k.password\=hush7`, `k.password\=****`},
	{`{"pass\u0077ord":"hush7"}`, `{"pass\u0077ord":"****"}`},
	{`[{"value":"hush7","name":"password"},{"value":"a","name":"x"}]`, `[{"value":"****","name":"password"},{"value":"a","name":"x"}]`},
	{"PlainLoginModule required\n username=\"a\"\n user_admin=\"hush7\";", "PlainLoginModule required\n username=\"a\"\n user_admin=\"****\";"},
	{`user_admin="x"`, `user_admin="x"`},
	{`jdbc:oracle:thin:u/hush7@h`, `jdbc:oracle:thin:u/****@h`},
	{`https://u:a://hush7@h/x`, `https://u:****@h/x`},
	// words of command lines
	{`"-Dfoo.password=a hush7" -Xmx1g`, `"-Dfoo.password=****" -Xmx1g`},
	{`["-Dfoo.password=a hush7", "-Xmx1g"]`, `["-Dfoo.password=****", "-Xmx1g"]`},
	{`-Dfoo.password=a,hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password=a;hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password=a&hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password=a<hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password=a}hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password=[a]hush7 -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.password='a'\''hush7' -Xmx1g`, `-Dfoo.password='****' -Xmx1g`},
	{`-Dfoo.password="a "'b hush7' -Xmx1g`, `-Dfoo.password=**** -Xmx1g`},
	{`-Dfoo.pass"wo"rd=hush7 -Xmx1g`, `-Dfoo.pass"wo"rd=**** -Xmx1g`},
	{`-Durl="jdbc:mysql://h?password=a bhush7" -Xmx1g`, `-Durl="jdbc:mysql://h?password=****" -Xmx1g`},
	{`{"opts":"-Xmx1g -Dfoo.password=hush7","x":"y z"}`, `{"opts":"-Xmx1g -Dfoo.password=****","x":"y z"}`},
	{`<arg>-Dfoo.password=hush7</arg>`, `<arg>-Dfoo.password=****</arg>`},
	{`-Dfoo.password=${env:X} -Xmx1g`, `-Dfoo.password=${env:X} -Xmx1g`},
	{`docker run -e "PASSWORD=a hush7" x`, `docker run -e "PASSWORD=****" x`},
	{`PASSWORD=$'hush7' x`, `PASSWORD=$'****' x`},
	{`run --token -hush7x -y`, `run --token **** -y`},
	{`run --token --verbose`, `run --token --verbose`},
	{`curl -uu:hush7 http://x`, `curl -uu:**** http://x`},
	{`run --auth u:hush7 -y`, `run --auth u:**** -y`},
	{`run --auth basic`, `run --auth basic`},
	// XML in which < stands in a value
	{`<Password>a<hush7</Password>`, `<Password>****</Password>`},
	{`<Property name="password" value="a<hush7"/>`, `<Property name="password" value="****"/>`},
	{`<name>a</name><value>1</value><name>fs.s3a.secret.key</name><value>hush7</value>`, `<name>a</name><value>1</value><name>fs.s3a.secret.key</name><value>****</value>`},
	{`<credentials><user>bob</user></credentials>`, `<credentials><user>bob</user></credentials>`},
	// sentences
	{"# the password is Zq7x", "# the password is ****"},
	{"old pw Zq7xkP", "old pw ****"},
	{"druid.x.password is not set", "druid.x.password is not set"},
	{"the password of the database", "the password of the database"},
	{"the secret druid.s3.secretKey", "the secret druid.s3.secretKey"},
	// what gives itself away
	{"Bearer ab12cd34", "Bearer ****"},
	{"Basic dXNlcjpwYXNz", "Basic ****"},
	{"Basic authentication", "Basic authentication"},
	{"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc y", "x **** y"},
	{"key AKIAIOSFODNN7EXAMPLE.", "key ****"},
	{"AIzaSyA1234567890abcdefghijklmnopqrstu", "****"},
	{"ghp_16C7e42F292c6912E7710c838347Ae178B4a", "****"},
	{"-----BEGIN PRIVATE KEY-----MIIabc\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----****\n-----END PRIVATE KEY-----"},
	{"-----BEGIN CERTIFICATE-----MIIabc", "-----BEGIN CERTIFICATE-----MIIabc"},
	{"digest:super:ab+c=", "digest:super:****"},
	// what looks like one and is none
	{"http://host:8080/a@b", "http://host:8080/a@b"},
	{"registry:5000/img@sha256:abc", "registry:5000/img@sha256:abc"},
	{"abfs://container@account.dfs.core.windows.net/x", "abfs://container@account.dfs.core.windows.net/x"},
	{"ssh://git@github.com/x", "ssh://git@github.com/x"},
	{"postgresql://druid@db.internal/druid", "postgresql://druid@db.internal/druid"},
	{"druid/_HOST@EXAMPLE.COM", "druid/_HOST@EXAMPLE.COM"},
	{"RULE:[1:$1@$0](.*@EXAMPLE.COM)s/@.*//", "RULE:[1:$1@$0](.*@EXAMPLE.COM)s/@.*//"},
	{"jdbc:postgresql://db/druid?user=druid&email=a@b", "jdbc:postgresql://db/druid?user=druid&email=a@b"},
	{"conf@v1.2:historical", "conf@v1.2:historical"},
	{"-Dcom.sun.management.jmxremote.password.file=/etc/x", "-Dcom.sun.management.jmxremote.password.file=/etc/x"},
	{"druid.x.passwordProviderClass=com.acme.X", "druid.x.passwordProviderClass=com.acme.X"},
	{"error: the password is ****", "error: the password is ****"},
}

func TestText(t *testing.T) {
	m := mask.New(schema.IsSecret)
	for _, tt := range hidden {
		got := m.Text(tt.text)
		assert.Equal(t, tt.want, got)
		assert.Equal(t, got, m.Text(got), "once more")
	}
}

// TestWholeValue: in a value that is nothing but a URL a password may be anything.
func TestWholeValue(t *testing.T) {
	m := mask.New(schema.IsSecret)
	for _, part := range []string{" ", `"`, "'", "<", "#", ";", ",", "://"} {
		secret := "a" + part + "hush7"
		for _, form := range []string{
			"jdbc:mysql://h/d?password=%", "jdbc:mysql://h/d?password=%&x=y", "jdbc:mysql://h/d?user=u&password=%&x=y", "jdbc:oracle:thin:u/%@h", "jdbc:oracle:thin:u/%",
			"https://u:%@h/x",
		} {
			assert.Equal(t, strings.ReplaceAll(form, "%", mask.Text), m.Value("url", strings.ReplaceAll(form, "%", secret)), secret)
		}
	}
	for value, want := range map[string]string{
		"jdbc:sqlserver://h;password=a b&hush7;x=y": "jdbc:sqlserver://h;password=****;x=y",
		"jdbc:oracle:thin:@//h:1521/x":              "jdbc:oracle:thin:@//h:1521/x",
		"jdbc:mysql://h/d?user=u&x=y":               "jdbc:mysql://h/d?user=u&x=y",
	} {
		assert.Equal(t, want, m.Value("url", value))
	}
}

// TestSecretValue: the value of a key that holds a secret is one to its end.
func TestSecretValue(t *testing.T) {
	m := mask.New(schema.IsSecret)
	for value, want := range map[string]string{
		"[a] hush7": "****", "[]hush7": "****", `["x"]hush7`: "****", `{"a":"b"} hush7`: "****", "{type}hush7": "****", `{"type":"hush7"}`: `{"type":"****"}`,
		"${env:X:-swordfish}": "${env:X:-****}", "${env:X}": "${env:X}", "{{ x }}": "{{ x }}", `{"type":"environment","variable":"X"}`: `{"type":"environment","variable":"X"}`,
	} {
		assert.Equal(t, want, m.Value("k.password", value))
	}
	assert.Equal(t, `is "${env:X:-****}"`, m.With([]string{"swordfish"}).Known(`is "${env:X:-swordfish}"`))
}

// TestTime: no text takes more than time in proportion to it. At many times
// what it takes, this is far from failing on a slow machine.
func TestTime(t *testing.T) {
	for _, part := range []string{
		"<name>password</name>", "<value>x", "<password>x<", `{"value":"x","name":"password"`, `{"value":`, "-Dfoo.password=", `-Dpassword="`, `"-Dpassword=`, "a://b:", "?password=",
		"password=[", `PASSWORD=$'`, "password\\=", "%70", `\u0070`, "user_a=", "curl -uu:", "--token -", "jdbc:oracle:thin:u/", "password=${", "password={\"type\":",
	} {
		text := strings.Repeat(part, 1<<18/len(part))
		start := time.Now()
		mask.New(schema.IsSecret).Text(text)
		mask.Find(text, mask.Options{Key: schema.IsSecret, Whole: true})
		mask.Find(text, mask.Options{Key: schema.IsSecret, Lines: true})
		assert.Less(t, time.Since(start), 5*time.Second, part)
	}
}
