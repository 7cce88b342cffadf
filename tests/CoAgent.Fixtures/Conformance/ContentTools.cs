using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The tools that answer with one kind of content, an error, or a schema worth keeping.</summary>
internal static class ContentTools
{
    // Every keyword here is one that proxies are known to drop or rewrite.
    private const string RichSchema = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
         "$defs":{"address":{"$anchor":"addressDef","type":"object",
           "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
         "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
           "contactMethod":{"type":"string","enum":["phone","email"]},
           "phone":{"type":"string"},"email":{"type":"string"}},
         "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
         "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
         "then":{"required":["phone"]},"else":{"required":["email"]},
         "additionalProperties":false}
        """;

    private const string HeaderSchema = """
        {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},
         "query":{"type":"string"}},"required":["region"]}
        """;

    public static IEnumerable<ConformanceTool> All() =>
    [
        ConformanceTool.Fixed("test_simple_text", "Answers with one text.",
            new TextContentBlock { Text = "This is a simple text response for testing." }),
        ConformanceTool.Fixed("test_image_content", "Answers with a picture.", Picture()),
        ConformanceTool.Fixed("test_audio_content", "Answers with a sound.",
            AudioContentBlock.FromBytes(SampleMedia.Silence, "audio/wav")),
        ConformanceTool.Fixed("test_embedded_resource", "Answers with an embedded resource.",
            Embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")),
        ConformanceTool.Fixed("test_multiple_content_types", "Answers with text, a picture and a resource.",
            new TextContentBlock { Text = "Multiple content types test:" },
            Picture(),
            Embedded("test://mixed-content-resource", "application/json", """{"test":"data","value":123}""")),
        new("test_error_handling", "Always fails.", (_, _) => ValueTask.FromResult(new CallToolResult
        {
            IsError = true,
            Content = [new TextContentBlock { Text = "This tool intentionally returns an error for testing" }],
        })),
        ConformanceTool.Fixed("json_schema_2020_12_tool", "Tool with JSON Schema 2020-12 features",
            new TextContentBlock { Text = "accepted" }) with { InputSchema = RichSchema },
        new("test_header_parameter", "Takes a parameter that clients mirror into an HTTP header.",
            (context, _) => ValueTask.FromResult(
                ConformanceTool.Text("region: " + ToolArguments.Text(context, "region", "none"))))
        {
            InputSchema = HeaderSchema,
        },
    ];

    private static ImageContentBlock Picture() => ImageContentBlock.FromBytes(SampleMedia.RedPixel, "image/png");

    private static EmbeddedResourceBlock Embedded(string uri, string mimeType, string text) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = mimeType, Text = text } };
}
