package syntax

import "strings"

// HadoopProperty is one property of core-site.xml and its like.
type HadoopProperty struct {
	Name  string
	Value string
	Final bool
	Span  Span // of the property element
	// ValueSpan is the place of the value's text.
	ValueSpan Span
}

// HadoopProperties gives the properties of a <configuration>, in the order of
// the file; Hadoop takes the last one of a name. A property without a name is
// left out, as Hadoop does.
func HadoopProperties(root *Element) []HadoopProperty {
	if root == nil || root.Name != "configuration" {
		return nil
	}
	var properties []HadoopProperty
	for _, child := range root.Children {
		switch child.Name {
		case "configuration":
			properties = append(properties, HadoopProperties(child)...)
		case "property":
			if property := hadoopProperty(child); property.Name != "" {
				properties = append(properties, property)
			}
		}
	}
	return properties
}

func hadoopProperty(element *Element) HadoopProperty {
	property := HadoopProperty{Span: element.Span}
	for _, field := range element.Children {
		switch field.Name {
		case "name":
			property.Name = strings.TrimSpace(field.Text)
		case "value":
			property.Value, property.ValueSpan = field.Text, field.TextSpan
		case "final":
			property.Final = strings.TrimSpace(field.Text) == "true"
		}
	}
	return property
}
