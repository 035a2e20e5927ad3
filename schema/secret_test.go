package schema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/implycheck/implycheck/schema"
)

// TestEveryPropertyIsWhatTheSchemaSays: words never overrule it.
func TestEveryPropertyIsWhatTheSchemaSays(t *testing.T) {
	for _, p := range schema.Properties() {
		if strings.HasSuffix(p.Name, "<any>") {
			continue
		}
		assert.Equal(t, p.Secret, schema.IsSecret(p.Name), p.Name)
		assert.Equal(t, p.Secret, schema.IsSecret("druid.indexer.fork.property."+p.Name), p.Name)
	}
}

// TestKeysThatTell are keys of all kinds of files, and of none.
func TestKeysThatTell(t *testing.T) {
	for _, key := range strings.Fields(`
		password druid.password druid.x.pwd druid.x.pass druid.cache.password.x druid.x.bindPw ssl.keyStore.pasword ssl.quorum.trustStore.password
		PASSWORD PGPASSWORD MYSQL_PWD AWS_SECRET_ACCESS_KEY GITHUB_TOKEN druid_metadata_storage_connector_password druid_azure_key
		druid.x.apiKey druid.x.api-key druid.x.api_key druid.x.signingKey druid.x.encryptionkey druid.x.privateKey X-Amz-Signature sig sasToken
		cookieSecret licenseKey sessionKey secrets initialPassword databasePassword clientSecret fs.s3a.secret.key fs.s3a.access.key fs.s3a.secert.key
		fs.s3n.awsSecretAccessKey fs.azure.account.key.x.blob.core.windows.net fs.gs.auth.service.account.private.key fs.s3a.session.token
		ssl.server.keystore.keypassword superDigest DigestAuthenticationProvider.superDigest smtpPassword basicAuthentication druidBeam.basicAuthPass
		druid.s3.acessKey druid.s3.secertKey druid.azure.kye druid.metadata.storage.conector.passwrd accessKeyId secret_id secretAccessKey
		javax.net.ssl.trustStorePasword http.proxyPassword Authorization Proxy-Authorization x-api-key password1 passwordHash private_key
		druid.escalator.internalClientPasswrod druid.auth.pac4j.cookiePasphrase druid.auth.pac4j.oidc.clientSecrt storepass keypass requirepass
		druid.zk.service.pdw
		druid.x.passPhrase druid.x.pass_phrase druid.x.passWord PASS_WORD druid.x.pass-word druid.x.passCode druid.x.passKey passkey
		druid.x.privKey druid.x.clientKey druid.x.consumerKey druid.x.encKey druid.x.decryptKey druid.x.signKey druid.x.functionKey druid.x.writeKey
		druid.x.readKey druid.x.sslKey druid.x.tlsKey druid.x.jwt druid.x.bearer druid.x.otp druid.x.accessCode druid.x.authCode
		druid.x.serviceAccountJson druid.x.webhookUrl druid.x.zkDigest druid.x.httpAuth druid.x.digestAuth
		druid.kinesis.accessKe druid.x.ssloassword druid.x.trustStoreassword druid.indexer.fork.property.druid.azure.kye`) {
		assert.True(t, schema.IsSecret(key), key)
	}
	for _, key := range strings.Fields(`
		druid.x.passwordProviderClass druid.x.tokenizer druid.storage.baseKey druid.x.primaryKey druid.x.partitionKey druid.x.keyspace
		druid.x.key.serializer druid.x.monkey druid.x.passThrough druid.x.bypass druid.x.compass druid.server.https.keyStorePath
		druid.auth.pac4j.oidc.clientID com.sun.management.jmxremote.password.file javax.net.ssl.trustStore java.security.auth.login.config
		druid.auth.authenticator.ldap.credentialsValidator.bindUser druid.auth.authenticator.ldap.credentialsValidator.userSearch
		druid.metadata.storage.connector.user druid.escalator.internalClientUsername druid.storage.sse.kms.keyId hadoop.security.authentication
		hadoop.security.authorization fs.s3a.aws.credentials.provider hadoop.security.credential.provider.path dfs.block.access.token.enable
		dfs.namenode.delegation.token.max-lifetime hadoop.http.authentication.signature.secret.file dfs.block.access.key.update.interval
		tokenUrl token.endpoint secretName passwordFile maxTokens sortKey cacheKey rowKey druid.x.signatureAlgorithm druid.x.tests.passed
		druid.discovery.k8s.podNameEnvKey druid.startup.logging.maskProperties druid.hotKeys key.column secured signal design
		druid.x.tokensPerSecond druid.x.tokenFilter druid.x.tokenFilters druid.x.tokenSeparators druid.x.tokenParser druid.x.tokenAnalyzer
		druid.x.tokenDimension druid.x.firstPass druid.x.lowpass druid.x.highpass druid.x.multiPass druid.x.singlePass druid.x.pass.through
		druid.x.passwordless druid.x.pinThreads druid.x.secretRef druid.x.secretKeyRef druid.x.secretArn druid.x.secretBackend druid.x.secretEngine
		druid.x.clientKeyPath druid.x.httpAuthType druid.x.sslKeyFile druid.x.readKeys.size druid.x.jwtIssuer druid.auth.authenticator.jwt.skipOnFailure hadoop.http.authentication druid.x.serviceUrl
		passwordEnvironmentVariable http https file.encoding XX user.timezone druid.port druid.host clientPort druid.zk.service.host`) {
		assert.False(t, schema.IsSecret(key), key)
	}
}

func BenchmarkIsSecret(b *testing.B) {
	keys := schema.Properties()
	for i := range b.N {
		schema.IsSecret(keys[i%len(keys)].Name)
	}
}
