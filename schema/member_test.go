package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

func TestHolder(t *testing.T) {
	for key, want := range map[string]string{
		"druid.metadata.storage.connector.password.type":        "druid.metadata.storage.connector.password",
		"druid.metadata.storage.connector.password.variable":    "druid.metadata.storage.connector.password",
		"druid.s3.secretKey.type":                               "druid.s3.secretKey",
		"druid.broker.internal.query.config.context.priority":   "druid.broker.internal.query.config.context",
		"druid.auth.authenticator.db.initialAdminPassword.type": "druid.auth.authenticator.<name>.initialAdminPassword",
		"druid.coordinator.kill.audit.durationToRetan":          "", // a slip: its members are listed
		"druid.server.http.numThreads.type":                     "", // a number has no members
		"druid.metadata.storage.connector.pasword.type":         "",
		"password.type": "",
	} {
		p, ok := schema.Holder(key)
		if want == "" {
			require.False(t, ok, key)
			continue
		}
		require.True(t, ok, key)
		require.Equal(t, want, p.Name)
	}
}
