using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace CoAgent.Proxy.Configuration;

/// <summary>Reads one entry of <c>mcpServers</c>; members that it does not know belong to the clients and are let be.</summary>
internal sealed partial class ServerReader(string directory, Placeholders placeholders, Findings findings)
{
    private enum Transport
    {
        Stdio,
        Http,
        Sse,
        Builtin,
    }

    private static readonly ImmutableArray<(string, Transport)> Types =
    [
        ("stdio", Transport.Stdio),
        ("local", Transport.Stdio),
        ("http", Transport.Http),
        ("streamable-http", Transport.Http),
        ("streamableHttp", Transport.Http),
        ("sse", Transport.Sse),
    ];

    private static readonly ImmutableArray<string> NotWithBuiltin = ["command", "url", "type"];

    /// <summary>The server; null, with findings, where the entry does not say one.</summary>
    public ServerDefinition? Read(string name, Section entry, ServerOptions options) => TransportOf(entry) switch
    {
        Transport.Stdio => ReadStdio(name, entry, options),
        Transport.Http => ReadHttp(name, entry, options),
        Transport.Builtin => ReadBuiltin(name, entry, options),
        _ => null,
    };

    private Transport? TransportOf(Section entry)
    {
        var type = entry.Choice("type", Types);
        if (entry.Has("builtin"))
        {
            return BuiltinAlone(entry);
        }

        if (type is Transport.Sse)
        {
            entry.Fault("type", "is \"sse\", the transport that Streamable HTTP replaced; use \"http\" with the "
                + "server's Streamable HTTP address (often /mcp in place of /sse).");
            return null;
        }

        if (type is not null || entry.Has("type"))
        {
            return type;
        }

        switch (entry.Has("command"), entry.Has("url"))
        {
            case (true, false):
                return Transport.Stdio;
            case (false, true):
                return Transport.Http;
            case (true, true):
                findings.Fault(entry.Key, entry.Line, "has a command and a url; say which with \"type\": \"stdio\" or \"http\".");
                return null;
            case (false, false):
                var hint = entry.Has("httpUrl") ? " Rename httpUrl to url." : string.Empty;
                findings.Fault(entry.Key, entry.Line, $"needs a command, a url or a builtin.{hint}");
                return null;
        }
    }

    private static Transport? BuiltinAlone(Section entry)
    {
        foreach (var other in NotWithBuiltin.Where(entry.Has))
        {
            entry.Fault(other, "does not go with builtin; remove one of the two.");
        }

        return Transport.Builtin;
    }

    private ServerDefinition.Stdio? ReadStdio(string name, Section entry, ServerOptions options)
    {
        var command = Required(entry, "command");
        var args = ReadArgs(entry);
        var env = ReadVariables(entry);
        var cwd = ReadPath(entry, "cwd", ".");
        return command is null || args is null || env is null || cwd is null
            ? null
            : new ServerDefinition.Stdio(name, options, Locate(command), args.Value, env, cwd);
    }

    private ServerDefinition.Http? ReadHttp(string name, Section entry, ServerOptions options)
    {
        var url = ReadUrl(entry);
        var headers = ReadHeaders(entry);
        return url is null || headers is null ? null : new ServerDefinition.Http(name, options, url, headers);
    }

    private ServerDefinition.Builtin? ReadBuiltin(string name, Section entry, ServerOptions options)
    {
        var service = entry.Choice("builtin", [(ServerDefinition.Builtin.Workspace, true)]);
        var root = ReadPath(entry, "root", ".");
        return service is null || root is null
            ? null
            : new ServerDefinition.Builtin(name, options, ServerDefinition.Builtin.Workspace, root);
    }

    private string? Required(Section entry, string name)
    {
        if (!entry.Has(name))
        {
            findings.Fault(entry.Key, entry.Line, $"needs a {name}.");
            return null;
        }

        return Expanded(entry, name);
    }

    /// <summary>A member that must say something, before and after its variables are put in.</summary>
    private string? Expanded(Section entry, string name)
    {
        if (entry.Text(name) is not { } text
            || placeholders.Expand(text, entry.KeyOf(name), entry.LineOf(name), findings) is not { } expanded)
        {
            return null;
        }

        if (expanded.Length > 0)
        {
            return expanded;
        }

        entry.Fault(name, "is empty once its variables are put in; set them.");
        return null;
    }

    /// <summary>A command that begins with a dot and has a separator is a path beside the file; any other is left to the search path.</summary>
    private string Locate(string command) =>
        command.StartsWith('.') && command.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar)
            ? Path.GetFullPath(command, directory)
            : command;

    private string? ReadPath(Section entry, string name, string otherwise)
    {
        var path = entry.Has(name) ? Expanded(entry, name) : otherwise;
        return path is null ? null : Path.GetFullPath(path, directory);
    }

    private ImmutableArray<string>? ReadArgs(Section entry)
    {
        if (!entry.Has("args"))
        {
            return [];
        }

        if (entry.Texts("args") is not { } texts)
        {
            return null;
        }

        var line = entry.LineOf("args");
        var expanded = texts.Select((text, i) => placeholders.Expand(text, $"{entry.KeyOf("args")}[{i}]", line, findings)).ToArray();
        return expanded.Contains(null) ? null : [.. expanded!];
    }

    private ImmutableSortedDictionary<string, string>? ReadVariables(Section entry)
    {
        var variables = ReadTexts(entry, "env", StringComparer.Ordinal);
        foreach (var name in variables?.Keys.Where(name => name.Length == 0 || name.AsSpan().ContainsAny('=', '\0')) ?? [])
        {
            findings.Fault(Findings.Key(entry.KeyOf("env"), name), entry.LineOf("env"), "is not a name that a variable can have.");
        }

        return variables;
    }

    private ImmutableSortedDictionary<string, string>? ReadHeaders(Section entry)
    {
        var headers = ReadTexts(entry, "headers", StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            var key = Findings.Key(entry.KeyOf("headers"), name);
            if (!HeaderName().IsMatch(name))
            {
                findings.Fault(key, entry.LineOf("headers"), "is not a name that a header can have.");
            }

            if (!Ascii.IsValid(value) || value.Any(char.IsControl))
            {
                findings.Fault(key, entry.LineOf("headers"),
                    "holds a line break or another character that a header cannot carry; look at its variables, too.");
            }
        }

        return headers;
    }

    /// <summary>An object of strings with their variables put in.</summary>
    private ImmutableSortedDictionary<string, string>? ReadTexts(Section entry, string name, StringComparer names)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(names);
        if (!entry.Has(name))
        {
            return texts.ToImmutable();
        }

        if (entry.Object(name) is not { } section)
        {
            return null;
        }

        foreach (var member in section.Members.Keys)
        {
            if (texts.ContainsKey(member))
            {
                section.Fault(member, "is there twice, case aside; keep one of the two.");
            }
            else if (section.Text(member, mayBeEmpty: true) is { } text)
            {
                texts[member] = placeholders.Expand(text, section.KeyOf(member), section.LineOf(member), findings) ?? string.Empty;
            }
        }

        return texts.ToImmutable();
    }

    private Uri? ReadUrl(Section entry)
    {
        if (Required(entry, "url") is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            entry.Fault("url", "must be an absolute http or https address.");
            return null;
        }

        if (url.UserInfo.Length > 0)
        {
            entry.Fault("url", "has credentials before the host; put them into headers, as \"Authorization\".");
            return null;
        }

        return url;
    }

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex HeaderName();
}
