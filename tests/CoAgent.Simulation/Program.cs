return CoAgent.Simulation.SimulationCommand.Run(args, Console.Out, Console.Error);
