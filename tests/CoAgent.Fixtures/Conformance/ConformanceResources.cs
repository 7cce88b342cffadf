using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The resources of the conformance server.</summary>
internal static class ConformanceResources
{
    private const string TemplateStart = "test://template/";
    private const string TemplateEnd = "/data";

    public static List<Resource> List() =>
    [
        new() { Uri = "test://static-text", Name = "static-text", Description = "A text.", MimeType = "text/plain" },
        new() { Uri = "test://static-binary", Name = "static-binary", Description = "A picture.", MimeType = "image/png" },
        new() { Uri = "test://watched-resource", Name = "watched", Description = "To be watched.", MimeType = "text/plain" },
    ];

    public static List<ResourceTemplate> Templates() =>
    [
        new()
        {
            UriTemplate = TemplateStart + "{id}" + TemplateEnd,
            Name = "template",
            Description = "Data by id.",
            MimeType = "application/json",
        },
    ];

    public static ResourceContents Read(string uri) => uri switch
    {
        "test://static-text" => Text(uri, "text/plain", "This is the content of the static text resource."),
        "test://static-binary" => BlobResourceContents.FromBytes(SampleMedia.RedPixel, uri, "image/png"),
        "test://watched-resource" => Text(uri, "text/plain", "Watched resource content"),
        _ when TemplateId(uri) is { } id => Text(uri, "application/json", TemplateText(id)),
        _ => throw NotFound(uri),
    };

    private static string? TemplateId(string uri) =>
        uri.StartsWith(TemplateStart, StringComparison.Ordinal)
        && uri.EndsWith(TemplateEnd, StringComparison.Ordinal)
        && uri.Length > TemplateStart.Length + TemplateEnd.Length
            ? uri[TemplateStart.Length..^TemplateEnd.Length]
            : null;

    private static string TemplateText(string id) =>
        JsonSerializer.Serialize(new { id, templateTest = true, data = "Data for ID: " + id });

    private static TextResourceContents Text(string uri, string mimeType, string text) =>
        new() { Uri = uri, MimeType = mimeType, Text = text };

    private static McpProtocolException NotFound(string uri)
    {
        var error = new McpProtocolException("Resource not found", McpErrorCode.InvalidParams);
        error.Data["uri"] = uri;
        return error;
    }
}
