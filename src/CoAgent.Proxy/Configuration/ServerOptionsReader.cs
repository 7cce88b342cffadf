using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Proxy.Configuration;

/// <summary>Reads <c>coagent.servers</c>: how each server is treated.</summary>
internal static class ServerOptionsReader
{
    /// <summary>The longest prefix, in characters: a prefixed tool name must still fit into what clients take.</summary>
    public const int PrefixCharsMax = 32;

    private static readonly TimeSpan TimeoutMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(7);

    private static readonly ImmutableArray<(string, ServerScope)> Scopes =
        [("session", ServerScope.Session), ("shared", ServerScope.Shared)];

    /// <summary>The options of each server that the section names; a name that <paramref name="servers"/> lacks is a fault.</summary>
    public static ImmutableDictionary<string, ServerOptions> Read(Section? section, IReadOnlyCollection<string> servers)
    {
        var options = ImmutableDictionary.CreateBuilder<string, ServerOptions>();
        foreach (var name in section?.Members.Keys ?? [])
        {
            if (!servers.Contains(name))
            {
                section!.Fault(name, $"is not a server of mcpServers.{Spelling.Hint(name, servers)}");
            }
            else if (section!.Object(name) is { } server)
            {
                options[name] = ReadServer(server);
            }
        }

        RefuseSharedPrefixes(section, options);
        return options.ToImmutable();
    }

    private static ServerOptions ReadServer(Section section)
    {
        var defaults = new ServerOptions();
        var options = new ServerOptions
        {
            Prefix = section.Name("prefix", PrefixCharsMax, mayBeEmpty: true),
            Allow = ReadGlobs(section, "allow") ?? defaults.Allow,
            Deny = ReadGlobs(section, "deny") ?? defaults.Deny,
            Timeout = section.Duration("timeout", TimeoutMin, TimeoutMax) ?? defaults.Timeout,
            Scope = section.Choice("scope", Scopes) ?? defaults.Scope,
            Profile = section.Name("profile", McpJson.NameCharsMax),
            Shell = ReadShell(section) ?? defaults.Shell,
        };
        section.RefuseTheRest();
        return options;
    }

    private static ImmutableArray<string>? ReadShell(Section section) =>
        section.Members.GetValueOrDefault("shell") is ConfigurationNode.List
            ? ReadGlobs(section, "shell")
            : section.Flag("shell") switch { true => ["*"], false => [], null => null };

    private static ImmutableArray<string>? ReadGlobs(Section section, string name)
    {
        var globs = section.Texts(name);
        if (globs?.Any(glob => glob.Length == 0) is true)
        {
            section.Fault(name, "has an empty pattern, which matches no tool; remove it, or write \"*\" for all.");
        }

        return globs;
    }

    /// <summary>A prefix is there to tell servers apart; two servers with one prefix are a slip.</summary>
    private static void RefuseSharedPrefixes(Section? section, IEnumerable<KeyValuePair<string, ServerOptions>> options)
    {
        var shared = options
            .Where(server => server.Value.Prefix is { Length: > 0 })
            .GroupBy(server => server.Value.Prefix!)
            .Where(group => group.Count() > 1);
        foreach (var group in shared)
        {
            var names = group.Select(server => server.Key).Order(StringComparer.Ordinal).ToArray();
            section!.Fault(names[^1], $"has the prefix \"{group.Key}\" like {names[0]}; give each server its own.");
        }
    }
}
