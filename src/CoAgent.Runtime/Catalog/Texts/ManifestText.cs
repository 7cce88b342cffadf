using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>Takes a manifest's text apart: YAML without anchors, aliases and tags, so that what is read is what stands there.</summary>
internal sealed class ManifestText
{
    /// <summary>How deep maps and lists lie in each other.</summary>
    public const int LevelsMax = 32;

    /// <summary>How many scalars, lists and maps a file has.</summary>
    public const int NodesMax = 20_000;

    private readonly Parser _parser;
    private readonly ManifestFindings _findings;
    private int _count;

    private ManifestText(string text, ManifestFindings findings)
    {
        _parser = new Parser(new StringReader(text));
        _findings = findings;
    }

    /// <summary>The map that the text is; null, with a finding, where it is none.</summary>
    public static ManifestNode.Map? Parse(string text, ManifestFindings findings)
    {
        try
        {
            var node = new ManifestText(text, findings).ReadDocument();
            if (node is ManifestNode.Map map)
            {
                return map;
            }

            if (!findings.HasFaults)
            {
                findings.Fault("", node?.Line ?? 1, "is no map: it begins with a line such as \"tool: NAME\".");
            }
        }
        catch (YamlException fault)
        {
            findings.Fault("", (int)fault.Start.Line, $"is not YAML: {Message(fault)}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            findings.Fault("", 1, "is not YAML."); // the parser's own way to give up on some texts
        }
        catch (RefusedException)
        {
            // It is among the findings.
        }

        return null;
    }

    private static string Message(YamlException fault)
    {
        var text = fault.InnerException?.Message ?? fault.Message;
        var at = text.LastIndexOf("): ", StringComparison.Ordinal);
        return Spelling.Shown(at < 0 ? text : text[(at + 3)..]);
    }

    private ManifestNode? ReadDocument()
    {
        Next(); // the stream
        if (Next() is StreamEnd)
        {
            return null;
        }

        var node = ReadNode(Next(), level: 0);
        Next(); // the document's end
        return Next() is DocumentStart more ? throw Refuse(more, "has a second document; a file has one.") : node;
    }

    private ParsingEvent Next() => _parser.MoveNext() && _parser.Current is { } next ? next : throw new YamlException("It ends too early.");

    private ManifestNode ReadNode(ParsingEvent begin, int level)
    {
        if (begin is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw Refuse(begin, "has an anchor or an alias (& or *); write the value out, or put it in quotes.");
        }

        if (begin is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            throw Refuse(begin, "has a tag (!); put the value in quotes.");
        }

        if (++_count > NodesMax || level > LevelsMax)
        {
            throw Refuse(begin, $"has more than {NodesMax} values, or more than {LevelsMax} levels.");
        }

        var line = (int)begin.Start.Line;
        return begin switch
        {
            Scalar scalar => new ManifestNode.Scalar(scalar.Value, scalar.Style == ScalarStyle.Plain, line),
            SequenceStart => new ManifestNode.List(ReadItems(level), line),
            MappingStart => new ManifestNode.Map(ReadMembers(level), line),
            _ => throw Refuse(begin, "is not what a manifest is made of."),
        };
    }

    private ImmutableArray<ManifestNode> ReadItems(int level)
    {
        var items = ImmutableArray.CreateBuilder<ManifestNode>();
        for (var next = Next(); next is not SequenceEnd; next = Next())
        {
            items.Add(ReadNode(next, level + 1));
        }

        return items.ToImmutable();
    }

    private ImmutableArray<ManifestNode.Member> ReadMembers(int level)
    {
        var members = ImmutableArray.CreateBuilder<ManifestNode.Member>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var next = Next(); next is not MappingEnd; next = Next())
        {
            if (ReadNode(next, level + 1) is not ManifestNode.Scalar name)
            {
                throw Refuse(next, "has a member whose name is no text.");
            }

            var value = ReadNode(Next(), level + 1);
            if (names.Add(name.Text))
            {
                members.Add(new ManifestNode.Member(name.Text, value, name.Line));
            }
            else
            {
                _findings.Fault(Spelling.Shown(name.Text), name.Line, "is there twice; keep one of the two.");
            }
        }

        return members.ToImmutable();
    }

    private RefusedException Refuse(ParsingEvent at, string message)
    {
        _findings.Fault("", (int)at.Start.Line, message);
        return new RefusedException();
    }

    private sealed class RefusedException : Exception;
}
