using System.Text.Json;
using System.Text.RegularExpressions;
using CoAgent.Proxy.Configuration;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Configuration;

/// <summary>What users are given to read and copy agrees with what is read.</summary>
public sealed partial class DocumentsTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    [Fact]
    public void The_example_is_good_and_serves_its_own_folder()
    {
        var path = Path.Combine(Repository.Root, "mcp.json.example");

        var loaded = Assert.IsType<LoadResult.Loaded>(McpJson.Load(path, new Dictionary<string, string>()));

        Assert.Empty(loaded.Warnings);
        var server = Assert.IsType<ServerDefinition.Builtin>(Assert.Single(loaded.Configuration.Servers));
        Assert.Equal(("workspace", Repository.Root), (server.Service, server.Root));
    }

    [Fact]
    public void What_the_example_has_in_comments_is_good_once_uncommented()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "mcp.json.example"));

        var configuration = Reading.Good(Commented().Replace(text, string.Empty), ("TRACKER_TOKEN", "t"));

        Assert.Equal(["workspace", "files", "tracker"], configuration.Servers.Select(server => server.Name));
        Assert.Equal("fs_", configuration.Servers[1].Options.Prefix);
        Assert.Equal(4, configuration.Options.Order.Length);
    }

    [Theory]
    [InlineData(typeof(ProxyOptions))]
    [InlineData(typeof(ServerOptions))]
    [InlineData(typeof(Limits))]
    public void The_guide_names_every_key(Type options)
    {
        var keys = options.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

        Assert.All(keys, key => Assert.Contains($"| `{key}` |", Guide, StringComparison.Ordinal));
    }

    [Fact]
    public void The_guide_tells_the_limits_defaults()
    {
        foreach (var limit in typeof(Limits).GetProperties())
        {
            var row = $"| `{JsonNamingPolicy.CamelCase.ConvertName(limit.Name)}` | {limit.GetValue(new Limits())} |";
            Assert.Contains(row, Guide, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_guides_examples_are_good()
    {
        var examples = Example().Matches(Guide).Select(match => match.Groups["json"].Value).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Reading.Good(WithServers(example), ("TRACKER_TOKEN", "t")));
    }

    /// <summary>An example of our own key alone speaks of a server that a whole file would have.</summary>
    private static string WithServers(string example) =>
        example.Contains("mcpServers", StringComparison.Ordinal)
            ? example
            : example.Insert(example.IndexOf('{', StringComparison.Ordinal) + 1, """ "mcpServers": { "files": { "command": "x" } }, """);

    [GeneratedRegex(@"(?<=^\s*)// (?=\s*[""}])", RegexOptions.Multiline)]
    private static partial Regex Commented();

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
