package conf

import (
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Comments lists the comments of a file in its order; where # may also end a
// line, only those that begin it. JSON, jvm.config and main.config have none.
func (f *File) Comments() []syntax.Comment {
	switch f.Kind {
	case Written:
		return commentsOf(f)
	case CommonProperties, RuntimeProperties, ZooConfig:
		if f.Properties != nil {
			return slices.Collect(f.Properties.Comments())
		}
	case SuperviseConfig:
		return syntax.LineComments(f.Data)
	case PivotConfig, TranquilityYAML:
		return syntax.YAMLComments(f.Data)
	case HadoopXML, Log4jXML:
		return syntax.XMLComments(f.Data)
	}
	return nil
}
