using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>A JSON value with placeholders in its texts: a text that is one placeholder keeps the type of what it stands for.</summary>
/// <remarks>
/// In a list that is written out, an element goes through the lists that its own texts name; lists inside of it go through theirs. Elsewhere a
/// text that goes through a list gives a list. Names of members are no templates.
/// </remarks>
public sealed record ValueTemplate
{
    private readonly ValueNode _node;
    private readonly LoopPlan _loops;

    private ValueTemplate(string source, ValueNode node, LoopPlan loops, ImmutableArray<string> names)
    {
        Source = source;
        Names = names;
        _node = node;
        _loops = loops;
    }

    /// <summary>As it is written: JSON.</summary>
    public string Source { get; }

    /// <summary>The names that its placeholders begin with.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The template that is written so; null where it is none.</summary>
    /// <param name="source">As it is written: JSON.</param>
    /// <param name="fault">What is wrong and what would be right; null where nothing is.</param>
    public static ValueTemplate? TryParse(string source, out string? fault)
    {
        if (JsonLiteral.TryParse(source) is not { } value)
        {
            fault = "is no JSON.";
            return null;
        }

        var loops = new LoopPlanBuilder();
        var builder = new ValueNodeBuilder(loops);
        var node = builder.Build(value, []);
        fault = builder.Fault;
        return fault is null ? new ValueTemplate(source, node, loops.Build(), [.. builder.Names.Distinct(StringComparer.Ordinal)]) : null;
    }

    /// <summary>The template of a text that is known to be good.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static ValueTemplate Parse(string source) =>
        TryParse(source, out var fault) ?? throw new ArgumentException($"{source} {fault}", nameof(source));

    /// <summary>Fills it in.</summary>
    public ValueResult Fill(TemplateValues values)
    {
        var rounds = new Rounds(_loops, values);
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true, MaxDepth = int.MaxValue });
        if (_node is ValueNode.Leaf { OwnLoops: [] } leaf && leaf.Look(rounds) is Found.Absent)
        {
            return new ValueResult.LeftOut();
        }

        if (_node.Write(rounds, writer) is { } reason)
        {
            return new ValueResult.NotPossible(reason);
        }

        writer.Flush();
        return new ValueResult.Filled(bytes.WrittenMemory);
    }

    /// <inheritdoc/>
    public bool Equals(ValueTemplate? other) => other?.Source == Source;

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Source;
}

/// <summary>What filling in a value gives.</summary>
public abstract record ValueResult
{
    private ValueResult()
    {
    }

    /// <summary>The value.</summary>
    /// <param name="Utf8">As JSON; what was filled in is as it came, numbers and escapes too.</param>
    public sealed record Filled(ReadOnlyMemory<byte> Utf8) : ValueResult;

    /// <summary>The whole is one placeholder, and is left out.</summary>
    public sealed record LeftOut : ValueResult;

    /// <summary>It cannot be filled in.</summary>
    /// <param name="Reason">Why; names placeholders, not what they hold.</param>
    public sealed record NotPossible(string Reason) : ValueResult;
}
