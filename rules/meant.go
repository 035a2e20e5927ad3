package rules

import "github.com/implycheck/implycheck/internal/lazy"

// meant are names that people write, and that Druid's own pages once had, and the
// names that Druid reads. They are too far apart to be slips of the finger.
var meant = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"druid.coordinator.loadqueuepeon.curator.numCallbackThreads":  "druid.coordinator.curator.loadqueuepeon.numCallbackThreads",
		"druid.emitter.kafka.bootstrapServers":                        "druid.emitter.kafka.bootstrap.servers",
		"druid.google.path":                                           "druid.google.prefix",
		"druid.indexer.autoscale.strategy":                            "druid.indexer.autoscale.strategy.type",
		"druid.indexer.logs.azureContainer":                           "druid.indexer.logs.container",
		"druid.manager.rules.defaultTier":                             "druid.manager.rules.defaultRule",
		"druid.metadata.postgres.enableSSL":                           "druid.metadata.postgres.ssl.useSSL",
		"druid.metadata.postgres.ssl.enableSSL":                       "druid.metadata.postgres.ssl.useSSL",
		"druid.query.scheduler.laning.type":                           "druid.query.scheduler.laning.strategy",
		"druid.request.logging.loggers":                               "druid.request.logging.loggerProviders",
		"druid.s3.sse.type":                                           "druid.storage.sse.type",
		"druid.server.http.errorResponseTransform.allowedRegexString": "druid.server.http.errorResponseTransform.allowedRegex",
		"druid.server.http.port":                                      "druid.plaintextPort",
		"druid.server.https.port":                                     "druid.tlsPort",
		"druid.sql.planner.selectPageSize":                            "druid.sql.planner.selectThreshold",
	}
}}
