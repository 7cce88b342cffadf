namespace CoAgent.Trials.Support;

/// <summary>What every request of 2026-07-28 carries.</summary>
internal static class ModernMeta
{
    public const string Version = "2026-07-28";

    private const string AllCapabilities = """{"sampling":{},"elicitation":{},"roots":{}}""";

    /// <summary>The <c>_meta</c> member, name included; <paramref name="more"/> are members to add to it.</summary>
    public static string Member(string capabilities = AllCapabilities, string more = "") =>
        $$$$"""
        "_meta":{"io.modelcontextprotocol/protocolVersion":"{{{{Version}}}}","io.modelcontextprotocol/clientInfo":{"name":"raw-client","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{{{{capabilities}}}}{{{{(more.Length == 0 ? "" : "," + more)}}}}}
        """;

    /// <summary>A params object of these members (text without braces) and the <c>_meta</c>.</summary>
    public static string Params(string members = "") =>
        members.Length == 0 ? "{" + Member() + "}" : "{" + members + "," + Member() + "}";
}
