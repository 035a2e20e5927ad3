package preflight_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// connectJava connects for each line of its input, a URI and properties with tabs
// between, and answers whether it could, and whether with TLS.
const connectJava = `import java.io.*; import java.sql.*; import java.util.*;
public class Connect { public static void main(String[] classes) throws Exception {
  BufferedReader in = new BufferedReader(new InputStreamReader(System.in)); String line;
  for (String c : classes) Class.forName(c);
  DriverManager.setLoginTimeout(10);
  while ((line = in.readLine()) != null) {
    String[] part = line.split("\t"); Properties with = new Properties(); String said;
    for (int i = 1; i < part.length; i++) { int e = part[i].indexOf('='); with.setProperty(part[i].substring(0, e), part[i].substring(e + 1)); }
    try (Connection c = DriverManager.getConnection(part[0], with)) {
      ResultSet r = c.createStatement().executeQuery(part[0].contains("postgresql") ? "select 'ssl', case when ssl then 'yes' else '' end from pg_stat_ssl where pid = pg_backend_pid()" : "show status like 'Ssl_cipher'");
      r.next(); said = r.getString(2).isEmpty() ? "c" : "T";
    } catch (Throwable e) { said = "F"; for (Throwable r = e; r != null; r = r.getCause()) said += " " + r; }
    System.out.println(said.replaceAll("\\s+", " ")); System.out.flush();
  } } }
`

// javaDriver is a driver at work.
type javaDriver struct {
	in  io.Writer
	out *bufio.Scanner
}

func startDriver(t *testing.T, name string) *javaDriver {
	t.Helper()
	jars, java, dir := live(t, "jdbc-"+name), program(t, "java"), t.TempDir()
	class := map[string]string{"postgresql": "org.postgresql.Driver", "mysql": "com.mysql.jdbc.Driver", "mariadb": "org.mariadb.jdbc.Driver"}[schemeOf(name)]
	require.NoError(t, os.WriteFile(dir+"/Connect.java", []byte(connectJava), 0o644))
	cmd := exec.Command(java, "-Xmx128m", "-Duser.home="+dir, "-cp", jars, dir+"/Connect.java", class)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &javaDriver{in, bufio.NewScanner(out)}
}

// connect connects as Druid does: with the properties that MySQLConnector and
// PostgreSQLConnector make of Druid's.
func (d *javaDriver) connect(t *testing.T, s *tlsServer, c tlsCase) string {
	t.Helper()
	words := []string{s.uri(c), "user=druid", "password=rosebud7"}
	mysql, useSSL := schemeOf(c.driver) != "postgresql", false
	for line := range strings.Lines(s.place(c.lines)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		name = name[strings.LastIndex(name, ".")+1:]
		switch {
		case name == "useSSL" && !mysql:
			name = "ssl"
		case name == "useSSL":
			useSSL = true
		case name == "trustCertificateKeyStoreUrl":
			value = "file:" + value
		case !mysql:
			name = strings.ToLower(name)
		}
		words = append(words, name+"="+value)
	}
	if mysql && !useSSL {
		words = append(words, "useSSL=false")
	} else if mysql && !strings.Contains(c.lines, "verifyServerCertificate") {
		words = append(words, "verifyServerCertificate=false")
	}
	_, err := fmt.Fprintln(d.in, strings.Join(words, "\t"))
	require.NoError(t, err)
	require.True(t, d.out.Scan(), "the driver has ended")
	return d.out.Text()
}

// The tables of TestPostgreSQLTLS and TestMariaDBTLS are what the drivers do.
func TestLiveJDBC(t *testing.T) {
	for name, group := range map[string]struct {
		cases []tlsCase
		start func(t *testing.T) *tlsServer
	}{
		"postgresql": {postgreSQLCases, postgresWithTLS},
		"mysql":      {mySQLCases, mariaDBWithTLS},
	} {
		live(t, "jdbc-"+group.cases[0].driver)
		s := group.start(t)
		drivers := map[string]*javaDriver{}
		did, said := make([]string, len(group.cases)), make([]string, len(group.cases))
		for _, kind := range kindsOfCertificate {
			s.use(kind)
			for i, c := range group.cases {
				if drivers[c.driver] == nil {
					drivers[c.driver] = startDriver(t, c.driver)
				}
				text := drivers[c.driver].connect(t, s, c)
				did[i] += text[:1]
				said[i] += kind + ": " + text + "\n"
			}
		}
		for i, c := range group.cases {
			want := c.want
			for j := range kindsOfCertificate {
				if want[j] == '?' {
					want = want[:j] + did[i][j:j+1] + want[j+1:]
				}
			}
			assert.Equal(t, want, did[i], "%s: %+v\n%s", name, c, said[i])
		}
	}
}
