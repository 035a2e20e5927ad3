package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSentencesOfCases holds what a rule says against the case of it that is there: the
// release, the form, and which of several mistakes it is.
func TestSentencesOfCases(t *testing.T) {
	const mysql = "druid_extensions_loadList=[\"mysql-metadata-storage\"]\ndruid_metadata_storage_type=mysql\n"
	const postgres = "druid_extensions_loadList=[\"postgresql-metadata-storage\"]\ndruid_metadata_storage_type=postgresql\n" +
		"druid_metadata_storage_connector_connectURI=jdbc:postgresql://db/druid?currentSchema=acme\n"
	const requests = "druid_request_logging_type=file\ndruid_request_logging_dir=/log\ndruid_request_logging_durationToRetain=PT2H\n"
	const dropped = "druid_request_logging_type=emitter\ndruid_request_logging_feed=r\n"
	for _, c := range []struct{ name, rule, release, process, env, want string }{
		{"the driver that is set", "meta-mariadb-driver", "33.0.0", "coordinator", mysql +
			"druid_metadata_storage_connector_connectURI=jdbc:mariadb://db/druid\ndruid_metadata_mysql_driver_driverClassName=com.mysql.cj.jdbc.Driver\n", "of class 'com.mysql.cj.jdbc.Driver' for"},
		{"tables are made again", "meta-postgres-schema", "27.0.0", "coordinator", postgres, "relation ... already exists"},
		{"tables are looked at", "meta-postgres-schema", "28.0.0", "coordinator", postgres, "stop at start: Cannot start Druid"},
		{"a member of an object", "sec-password-provider", "33.0.0", "coordinator", mysql + "druid_metadata_storage_connector_password={\"type\":\"environment\"}\n", "Add variable to the object."},
		{"a member of its own", "sec-password-provider", "33.0.0", "coordinator", mysql + "druid_metadata_storage_connector_password_type=environment\n", "Set druid_metadata_storage_connector_password_variable."},
		{"a day", "obs-request-log", "33.0.0", "broker", requests, "atleast P1D."},
		{"as long as one file", "obs-request-log", "34.0.0", "broker", requests + "druid_request_logging_rollPeriod=PT6H\n", "atleast as long as roll period."},
		{"and the value to write", "obs-request-log", "34.0.0", "broker", requests + "druid_request_logging_rollPeriod=PT6H\n", "Write PT6H or more."},
		{"one emitter", "obs-request-log-dropped", "33.0.0", "broker", dropped, "the emitter noop, which drops them"},
		{"two emitters", "obs-request-log-dropped", "33.0.0", "broker", dropped + "druid_extensions_loadList=[\"statsd-emitter\"]\ndruid_emitter=composing\ndruid_emitter_composing_emitters=[\"noop\",\"statsd\"]\n", "the emitters noop and statsd, which drop them"},
		{"the name of a lane", "prop-refused-together", "33.0.0", "broker", "druid_query_scheduler_laning_strategy=manual\ndruid_query_scheduler_laning_lanes_total=3\n", "Give the lane another name."},
		{"a secret", "props-key-in-value", "33.0.0", "coordinator", mysql + "druid_metadata_storage_connector_password=druid.metadata.storage.connector.password=hunter2\n", "the value begins with the name of its property"},
		{"a class", "jvm-option-unknown", "33.0.0", "middleManager", "druid_indexer_runner_javaOptsArray=[\"-Xmx1g\",\"XX:+UseG1GC\"]\n", "no task starts: Error: Could not find or load main class."},
		{"no value", "jvm-switch-without-sign", "33.0.0", "middleManager", "druid_indexer_runner_javaOptsArray=[\"-Xmx1g\",\"-XX:MaxGCPauseMillis\"]\n", "no task starts: Improperly specified VM option."},
		{"no sign", "jvm-switch-without-sign", "33.0.0", "middleManager", "druid_indexer_runner_javaOptsArray=[\"-Xmx1g\",\"-XX:UseG1GC\"]\n", "no task starts: Missing +/- setting"},
		{"an option", "jvm-option-unknown", "33.0.0", "middleManager", "druid_indexer_runner_javaOptsArray=[\"-Xmx1g\",\"-XX:ParallelGCThreads=two\"]\n", "Could not create the Java Virtual Machine."},
	} {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			compose := "services:\n  druid:\n    image: apache/druid:" + c.release + "\n    command: [" + c.process + "]\n    env_file: druid.env\n"
			f := lintOf(t, map[string]string{"compose.yaml": compose, "druid.env": c.env})[c.rule]
			require.NotNil(t, f)
			require.Contains(t, strings.Join([]string{f.Message, f.Effect, f.Help}, "\n"), c.want)
		})
	}
}

// TestChainsOfProcesses judges what an authenticator has by the chain of the process that
// sees it, and not by that of another process.
func TestChainsOfProcesses(t *testing.T) {
	const other = "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    environment:\n      druid_auth_authenticatorChain: '[\"anonymous\"]'\n" +
		"  router:\n    image: apache/druid:33.0.0\n    command: [router]\n    env_file: router.env\n"
	const ldap = "druid_extensions_loadList=[\"druid-basic-security\"]\ndruid_auth_authenticator_ldap_type=basic\n" +
		"druid_auth_authenticator_ldap_credentialsValidator_type=ldap\ndruid_auth_authenticator_ldap_credentialsValidator_url=ldaps://ldap:636\n"
	require.Contains(t, lintOf(t, map[string]string{"compose.yaml": other, "router.env": ldap + "druid_auth_authenticatorChain=[\"ldap\"]\n"}), "sec-ldaps-trust-store")
	require.NotContains(t, lintOf(t, map[string]string{"compose.yaml": other, "router.env": ldap + "druid_auth_authenticatorChain=[\"anonymous\"]\n"}), "sec-ldaps-trust-store")
}

// TestPagesShowFindings fails where the page of a rule shows, of its wrong example, only
// that something was found.
func TestPagesShowFindings(t *testing.T) {
	for _, r := range All() {
		page, err := os.ReadFile(filepath.Join("..", "docs", "rules", r.ID+".md"))
		require.NoError(t, err)
		require.NotContains(t, string(page), "No problems found", r.ID)
	}
}
