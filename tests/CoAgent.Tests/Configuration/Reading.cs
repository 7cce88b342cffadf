using System.Text;
using CoAgent.Proxy.Configuration;

namespace CoAgent.Tests.Configuration;

/// <summary>Reads configuration text as if it lay in a folder of its own.</summary>
internal static class Reading
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "coagent-folder"));

    public static string File { get; } = Path.Combine(Folder, "mcp.json");

    public static ProxyConfiguration Good(string json, params (string Name, string Value)[] environment) =>
        Read(json, environment) switch
        {
            LoadResult.Loaded loaded => loaded.Configuration,
            LoadResult.Faulty faulty => throw new InvalidDataException(string.Join(Environment.NewLine, faulty.Faults)),
            var other => throw new InvalidOperationException($"{other}"),
        };

    public static T Server<T>(string entry, params (string Name, string Value)[] environment)
        where T : ServerDefinition =>
        Assert.IsType<T>(Assert.Single(Good($$"""{"mcpServers": {"s": {{entry}} } }""", environment).Servers));

    public static ProxyOptions Options(string ours) => Good($$"""{"coagent": {{ours}} }""").Options;

    public static IReadOnlyList<Fault> Faults(string json, params (string Name, string Value)[] environment) =>
        Assert.IsType<LoadResult.Faulty>(Read(json, environment)).Faults;

    public static LoadResult Read(string json, params (string Name, string Value)[] environment) =>
        McpJson.Parse(File, Encoding.UTF8.GetBytes(json), environment.ToDictionary(pair => pair.Name, pair => pair.Value));
}
