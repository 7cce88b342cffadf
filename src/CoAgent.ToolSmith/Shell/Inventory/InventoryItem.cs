using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>One thing that a command line may do.</summary>
internal abstract record InventoryItem
{
    private InventoryItem()
    {
    }

    public abstract CommandSite Site { get; init; }

    /// <summary>A program or builtin with its arguments, its name first.</summary>
    internal sealed record Invocation(
        ImmutableArray<FieldValue> Arguments,
        ImmutableArray<KnownAssignment> Assignments,
        ImmutableArray<RedirectionUse> Redirections,
        CommandSite Site) : InventoryItem;

    /// <summary>Files that are opened without a command of their own: for a compound command, or for nothing.</summary>
    internal sealed record Redirected(ImmutableArray<RedirectionUse> Redirections, CommandSite Site) : InventoryItem;

    /// <summary>Words that are expanded without a command: their patterns list directories.</summary>
    internal sealed record Expanded(ImmutableArray<FieldValue> Fields, CommandSite Site) : InventoryItem;

    /// <summary>A test of <c>[[ … ]]</c> with one or two operands; signs such as <c>-f</c> look at files.</summary>
    internal sealed record Tested(string Sign, ImmutableArray<FieldValue> Operands, CommandSite Site) : InventoryItem;

    /// <summary>Anything may happen here.</summary>
    internal sealed record Opaque(string Reason, CommandSite Site) : InventoryItem;
}

/// <summary>Where, and under what conditions, something happens.</summary>
/// <remarks>
/// Span: in the text of the whole line; of a text within (<c>bash -c</c>) the command that runs it.
/// Directory: the working directories that it may have.
/// MayBeSkipped: it does not run in every case.
/// MayRepeat: it may run more than once.
/// IsBackground: nobody waits for it before the next one runs.
/// Subshell: 0 is the shell itself; each copy of it has its own number.
/// Through: what runs it, outermost first: <c>sudo</c>, <c>xargs</c>, <c>bash</c>, <c>eval</c>, <c>name()</c> for a function.
/// </remarks>
internal sealed record CommandSite(
    SourceSpan Span,
    WorkingDirectory Directory,
    bool MayBeSkipped,
    bool MayRepeat,
    bool IsBackground,
    int Subshell,
    ImmutableArray<string> Through);

/// <summary>A variable that one command alone gets.</summary>
internal sealed record KnownAssignment(string Name, FieldValue Value)
{
    /// <summary>The variable for a shell that gets it.</summary>
    public VariableValue Known => Value is FieldValue.Text text ? new VariableValue.Text(text.Value) : new VariableValue.Unknown();
}

/// <summary>One redirection as far as it is known.</summary>
internal sealed record RedirectionUse(RedirectionKind Kind, int? Descriptor, RedirectionTarget Target);

/// <summary>Where a redirection leads.</summary>
internal abstract record RedirectionTarget
{
    private RedirectionTarget()
    {
    }

    /// <summary>A file; its name may be unknown, or a pattern that has to match one file.</summary>
    internal sealed record File(FieldValue Name) : RedirectionTarget;

    /// <summary>Another descriptor, or none (<c>-</c>).</summary>
    internal sealed record Descriptor(string Name) : RedirectionTarget;

    /// <summary>A here-document or here-string.</summary>
    internal sealed record Document(FieldValue Value) : RedirectionTarget;
}
