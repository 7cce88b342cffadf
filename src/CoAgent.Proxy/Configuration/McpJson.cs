using System.Collections.Immutable;

namespace CoAgent.Proxy.Configuration;

/// <summary>Reads <c>mcp.json</c>: the clients' <c>mcpServers</c>, and ours under <c>coagent</c>.</summary>
public static class McpJson
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int FileBytesMax = 1024 * 1024;

    /// <summary>The longest name of a server, in characters.</summary>
    public const int NameCharsMax = 64;

    /// <summary>How many servers one file may have.</summary>
    public const int ServersMax = 256;

    /// <summary>Reads the file and expands its variables from <paramref name="environment"/>.</summary>
    /// <returns>The configuration, or every fault at once; bad content is never an exception.</returns>
    public static LoadResult Load(string path, IReadOnlyDictionary<string, string> environment)
    {
        var (content, fault) = FileContent.Read(path);
        return fault is null ? Parse(path, content, environment) : new LoadResult.Faulty([fault]);
    }

    /// <summary>Reads content that is in memory already, as if it came from <paramref name="path"/>.</summary>
    internal static LoadResult Parse(string path, ReadOnlySpan<byte> content, IReadOnlyDictionary<string, string> environment)
    {
        var file = Path.GetFullPath(path);
        var findings = new Findings(file);
        var configuration = ConfigurationParser.Parse(content, findings) switch
        {
            ConfigurationNode.Members root => Read(file, new Section(root, string.Empty, findings), environment, findings),
            { } other => Refuse(other, findings),
            null => null,
        };
        return configuration is null || findings.HasFaults
            ? new LoadResult.Faulty(findings.Faults)
            : new LoadResult.Loaded(configuration, findings.Warnings);
    }

    private static ProxyConfiguration? Refuse(ConfigurationNode root, Findings findings)
    {
        findings.Fault(string.Empty, root.Line, $"must be an object with \"mcpServers\" and is {root.TypeName}.");
        return null;
    }

    private static ProxyConfiguration Read(
        string file, Section root, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        var directory = Path.GetDirectoryName(file)!;
        var placeholders = new Placeholders(environment);
        var entries = root.Object("mcpServers");
        WarnOfNoServers(root, entries, findings);

        var ours = root.Object("coagent");
        var names = entries?.Members.Keys.ToArray() ?? [];
        var treatment = ServerOptionsReader.Read(ours?.Object("servers"), names);
        var options = new OptionsReader(directory, placeholders, findings).Read(ours);

        var reader = new ServerReader(directory, placeholders, findings);
        var servers = ImmutableArray.CreateBuilder<ServerDefinition>();
        var disabled = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            CheckName(entries!, name);
            if (entries!.Object(name) is not { } entry)
            {
                continue;
            }

            if (entry.Flag("disabled") is true)
            {
                disabled.Add(name);
            }
            else if (reader.Read(name, entry, treatment.GetValueOrDefault(name) ?? new ServerOptions()) is { } server)
            {
                servers.Add(server);
            }
        }

        return new ProxyConfiguration(file, directory, servers.ToImmutable(), disabled.ToImmutable(), options);
    }

    private static void CheckName(Section entries, string name)
    {
        if (!Section.IsName(name, NameCharsMax))
        {
            entries.Fault(name, $"is not a server's name: 1 to {NameCharsMax} of the characters A-Z, a-z, 0-9, _, . and -.");
        }
    }

    private static void WarnOfNoServers(Section root, Section? entries, Findings findings)
    {
        if (entries is { Members.Count: > ServersMax })
        {
            root.Fault("mcpServers", $"has {entries.Members.Count} servers; {ServersMax} is the most.");
        }

        if (entries is { Members.Count: > 0 })
        {
            return;
        }

        var hint = !root.Has("mcpServers") && root.Has("servers")
            ? "This file keeps them under \"servers\"; rename that to \"mcpServers\"."
            : "Add one: \"workspace\": { \"builtin\": \"workspace\", \"root\": \".\" } needs nothing installed.";
        findings.Warn("mcpServers", line: null, $"names no server, so clients find no tools. {hint}");
    }
}
