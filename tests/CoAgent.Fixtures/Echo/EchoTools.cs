namespace CoAgent.Fixtures.Echo;

/// <summary>What the echo server's list says of its tools.</summary>
internal static class EchoTools
{
    /// <summary>The entries, separated by commas.</summary>
    public static string List { get; } = string.Join(',',
        Tool("echo", "Answers with the text that it was given.", Text("text"), readOnly: true),
        Tool("big", "Answers with so many bytes.", Number("bytes"), readOnly: true),
        Tool("sleep", "Answers after so many milliseconds.", Number("milliseconds"), readOnly: true),
        Tool("progress", "Reports progress so many times, then answers.", Number("count"), readOnly: true),
        Tool("log", "Sends a log message, then answers.", Text("text"), readOnly: true),
        Tool("fail", "Answers with an error result.", Text("text"), readOnly: false),
        Tool("count", "Answers how many calls this process has had.", "", readOnly: false),
        Tool("pid", "Answers with the id of this process.", "", readOnly: true),
        Tool("directory", "Answers with the working directory.", "", readOnly: true),
        Tool("environment", "Answers with an environment variable.", Text("name"), readOnly: true));

    private static string Tool(string name, string description, string property, bool readOnly) =>
        $$$"""
        {"name":"{{{name}}}","description":"{{{description}}}","inputSchema":{"type":"object","properties":{{{{property}}}}},"annotations":{"readOnlyHint":{{{(readOnly ? "true" : "false")}}}}}
        """;

    private static string Text(string name) => $$"""
        "{{name}}":{"type":"string"}
        """;

    private static string Number(string name) => $$"""
        "{{name}}":{"type":"integer"}
        """;
}
