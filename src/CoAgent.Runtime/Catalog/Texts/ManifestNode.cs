using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>A piece of a manifest's text: a scalar, a list or a map, with the line that it begins in.</summary>
internal abstract record ManifestNode(int Line)
{
    /// <summary>A scalar: text, a number, a truth value or nothing, by how it is written.</summary>
    /// <param name="Text">Its text.</param>
    /// <param name="IsPlain">Whether it is written without quotes, so that it may be more than text.</param>
    /// <param name="Line">The line.</param>
    public sealed record Scalar(string Text, bool IsPlain, int Line) : ManifestNode(Line);

    /// <summary>A list.</summary>
    public sealed record List(ImmutableArray<ManifestNode> Items, int Line) : ManifestNode(Line);

    /// <summary>A map; names come once.</summary>
    public sealed record Map(ImmutableArray<Member> Members, int Line) : ManifestNode(Line);

    /// <summary>A member of a map.</summary>
    public sealed record Member(string Name, ManifestNode Value, int Line);

    /// <summary>What it is, in a word for people.</summary>
    public string TypeName => this switch
    {
        Scalar { IsPlain: true, Text: "" or "~" or "null" } => "empty",
        Scalar => "text",
        List => "a list",
        Map => "a map",
        _ => throw new InvalidOperationException("A node is a scalar, a list or a map."),
    };

    /// <summary>The same as JSON; what is written without quotes has the type that YAML 1.2 (core schema) gives it.</summary>
    public string ToJson()
    {
        var json = new StringBuilder();
        Append(json, this);
        return json.ToString();
    }

    private static void Append(StringBuilder json, ManifestNode node)
    {
        switch (node)
        {
            case Scalar scalar:
                json.Append(scalar.IsPlain ? PlainScalar.ToJson(scalar.Text) : JsonLiteral.Quote(scalar.Text));
                break;
            case List list:
                json.Append('[');
                for (var index = 0; index < list.Items.Length; index++)
                {
                    json.Append(index > 0 ? "," : "");
                    Append(json, list.Items[index]);
                }

                json.Append(']');
                break;
            case Map map:
                json.Append('{');
                for (var index = 0; index < map.Members.Length; index++)
                {
                    json.Append(index > 0 ? "," : "").Append(JsonLiteral.Quote(map.Members[index].Name)).Append(':');
                    Append(json, map.Members[index].Value);
                }

                json.Append('}');
                break;
        }
    }
}
