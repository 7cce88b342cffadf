using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>A text that bash takes, as its grammar sees it: nothing is expanded, nothing is lost.</summary>
/// <param name="Source">The text; all spans point into it.</param>
/// <param name="Body">What it says.</param>
/// <param name="Comments">Where its comments stand.</param>
/// <param name="BashOnlyAt">
/// The first place that means something else, or nothing, to a shell that only knows POSIX; null when there is none. Such a text says
/// nothing sure about what <c>sh -c</c> does with it.
/// </param>
internal sealed record ShellScript(string Source, StatementList Body, ImmutableArray<SourceSpan> Comments, int? BashOnlyAt);

/// <summary>Statements in the order in which they run.</summary>
internal sealed record StatementList(ImmutableArray<Statement> Statements, SourceSpan Span);

/// <summary>One statement: pipelines that depend on each other's success, up to <c>;</c>, <c>&amp;</c> or a line's end.</summary>
/// <remarks>
/// First: The pipeline that runs in any case.
/// Rest: Those that run when what stands before them succeeded or failed.
/// IsBackground: It ends with <c>&amp;</c>: it runs in a subshell that nobody waits for.
/// </remarks>
internal sealed record Statement(Pipeline First, ImmutableArray<LinkedPipeline> Rest, bool IsBackground, SourceSpan Span);

/// <summary>A pipeline that runs or not by what stands before it.</summary>
/// <remarks>
/// OnSuccess: <c>&amp;&amp;</c>; else <c>||</c>.
/// </remarks>
internal sealed record LinkedPipeline(bool OnSuccess, Pipeline Pipeline);

/// <summary>Commands whose output feeds the next one's input. A lone <c>!</c> or <c>time</c> has none.</summary>
/// <remarks>
/// IsNegated: An odd number of <c>!</c> stands before it.
/// IsTimed: <c>time</c> stands before it.
/// </remarks>
internal sealed record Pipeline(ImmutableArray<PipelineStage> Stages, bool IsNegated, bool IsTimed, SourceSpan Span);

/// <summary>One command of a pipeline.</summary>
/// <remarks>
/// PipesErrors: <c>|&amp;</c> follows: its errors go where its output goes.
/// </remarks>
internal sealed record PipelineStage(Command Command, bool PipesErrors);
